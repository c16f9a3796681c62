import { setInterval } from 'node:timers/promises';
import type { CallProgress } from '../contract/method.ts';
import type { Client } from '../contract/services.ts';
import { lookAtSweep } from '../contract/sweep/sweep-progress.ts';
import type { Output } from './output.ts';

/** Between two looks at the time left; each run that ends is a reason for another. */
const everyMs = 30_000;

/** Shows how far a sweep is, with the time left, until `ended` is aborted. Gives what is to be called with its progress. */
export function showSweep(
  client: Client,
  folder: string,
  output: Output,
  ended: AbortSignal,
): (progress: CallProgress) => void {
  let latest: CallProgress | null = null;
  let etaSeconds: number | null = null;
  const show = output.estimatedProgress('runs of the sweep');
  const look = async (): Promise<void> => {
    // Where a look fails, the one before stands.
    const found = await lookAtSweep(client, folder, { signal: ended }).catch(() => null);
    if (found === null || ended.aborted) return;
    ({ etaSeconds } = found);
    if (latest) show(latest, etaSeconds);
  };
  const looks = async (): Promise<void> => {
    for await (const _ of setInterval(everyMs, null, { signal: ended, ref: false })) await look();
  };
  // It rejects when it is aborted.
  looks().catch(() => undefined);
  return (progress) => {
    latest = progress;
    show(progress, etaSeconds);
    void look();
  };
}
