import type { MetricsEvent } from '../../run-folder/metrics.ts';
import type { RunFolder } from '../../run-folder/run-folder.ts';
import { SCHEDULE_POINTS } from './curves.ts';

/** What of a run's metrics its figures show: all epochs, and as many steps of each role as a figure can show. */
export async function curvesOf(run: RunFolder): Promise<MetricsEvent[]> {
  const { steps, epochs } = await run.curves(SCHEDULE_POINTS);
  return [...steps.flatMap(({ lines }) => lines), ...epochs];
}
