import type { Latency } from './result.ts';

/** Whether two networks' times differ by less than either of them is spread: then neither can be called the faster. */
export const isAboutAsFast = (a: Latency, b: Latency): boolean =>
  Math.abs(a.ms - b.ms) <= Math.max(a.high - a.low, b.high - b.low);

/** The latency of a model as a run's result tells it; runs of earlier versions know no spread. */
export const latencyOf = ({
  latencyMs,
  latencyRange,
}: {
  latencyMs: number;
  latencyRange?: readonly [number, number] | undefined;
}): Latency => ({ ms: latencyMs, low: latencyRange?.[0] ?? latencyMs, high: latencyRange?.[1] ?? latencyMs });
