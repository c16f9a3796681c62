import type { LabelledImages } from '../../electron/engine/data/labelled-images.ts';

/** Pixels, uint8 RGB [n, size, size, 3], as labelled images. */
export const labelledPixels = (
  pixels: Uint8Array,
  size: number,
  labels: ArrayLike<number>,
): LabelledImages => ({
  n: labels.length,
  size,
  keys: Array.from(labels, (_, i) => `${i}.png`),
  labels: Int32Array.from(labels),
  pixels: (from, to) => pixels.slice(from * size * size * 3, to * size * size * 3),
});
