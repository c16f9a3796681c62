import type { Batch } from '../data/batch.ts';

/** What training needs of a loader, so that tests can feed batches of their own. */
export interface BatchSource {
  /** Batches in an epoch. */
  readonly batches: number;
  /** Images in an epoch. */
  readonly images: number;
  /** Seconds that the consumer has waited for data so far. */
  readonly waitSeconds: number;
  /** The batches of one epoch (1-based), from batch `from` (0-based) on. */
  epoch(epoch: number, options?: { from?: number; signal?: AbortSignal }): AsyncGenerator<Batch>;
}

/** Ends quietly when the signal aborts, also where the source throws on the abort. */
export async function* untilAborted(
  batches: AsyncGenerator<Batch>,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  try {
    while (!signal.aborted) {
      const next = await batches.next().catch((error: unknown) => {
        if (signal.aborted) return null;
        throw error;
      });
      if (!next || next.done) return;
      yield next.value;
    }
  } finally {
    await batches.return(undefined).catch(() => undefined);
  }
}

/** Lets signals, timers and messages through; a few microseconds. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
