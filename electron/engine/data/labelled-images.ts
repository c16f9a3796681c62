import type { Pixels } from './pixels.ts';

/** Some decoded images of one size, in an order of their own. */
export interface LabelledImages {
  n: number;
  /** Side in pixels. */
  size: number;
  /** The samples' keys. */
  keys: readonly string[];
  /** [n] */
  labels: Int32Array;
  /** A copy of the images from `from` to `to` (exclusive): uint8 RGB, [to - from, size, size, 3]. */
  pixels(from: number, to: number): Uint8Array;
}

/** `indices`: into the pixels; all where none are given. */
export function labelledImages(pixels: Pixels, indices?: readonly number[]): LabelledImages {
  const chosen = indices ?? Array.from({ length: pixels.count }, (_, i) => i);
  const { size } = pixels;
  return {
    n: chosen.length,
    size,
    keys: chosen.map((index) => pixels.keys[index]!),
    labels: Int32Array.from(chosen, (index) => pixels.labels[index]!),
    pixels(from, to) {
      const bytes = new Uint8Array((to - from) * size * size * 3);
      for (const [place, index] of chosen.slice(from, to).entries())
        bytes.set(pixels.image(index), place * size * size * 3);
      return bytes;
    },
  };
}
