import type { LabelledImages } from '../../data/labelled-images.ts';
import { throwIfCancelled } from '../staging.ts';

export interface Work {
  signal?: AbortSignal | undefined;
  /** Images done. */
  onImages?: ((done: number) => void) | undefined;
}

/** Hands images on, some at a time: uint8 RGB, [n, size, size, 3]. Throws CANCELLED. */
export async function eachBatch(
  images: LabelledImages,
  batchSize: number,
  { signal, onImages }: Work,
  take: (pixels: Uint8Array, n: number, from: number) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < images.n; from += batchSize) {
    throwIfCancelled(signal);
    const to = Math.min(images.n, from + batchSize);
    await take(images.pixels(from, to), to - from, from);
    onImages?.(to);
  }
}
