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

/** What images are read from, one by one. */
interface Source {
  size: number;
  keys: readonly string[];
  labels: Int32Array;
  image(index: number): Uint8Array;
}

function imagesOf(source: Source, indices: readonly number[]): LabelledImages {
  const { size } = source;
  return {
    n: indices.length,
    size,
    keys: indices.map((index) => source.keys[index]!),
    labels: Int32Array.from(indices, (index) => source.labels[index]!),
    pixels(from, to) {
      const bytes = new Uint8Array((to - from) * size * size * 3);
      for (const [place, index] of indices.slice(from, to).entries())
        bytes.set(source.image(index), place * size * size * 3);
      return bytes;
    },
  };
}

/** `indices`: into the pixels; all where none are given. */
export const labelledImages = (pixels: Pixels, indices?: readonly number[]): LabelledImages =>
  imagesOf(pixels, indices ?? Array.from({ length: pixels.count }, (_, i) => i));

/** At most so many rows, spread evenly over all. */
export const spreadRows = ({ n }: Pick<LabelledImages, 'n'>, most: number): number[] =>
  Array.from({ length: Math.min(most, n) }, (_, i) => Math.floor((i * n) / Math.min(most, n)));

/** Some rows of the images. */
export const selectImages = (images: LabelledImages, rows: readonly number[]): LabelledImages =>
  imagesOf({ ...images, image: (row) => images.pixels(row, row + 1) }, rows);

/** The same images with red and blue swapped. */
export const withSwappedChannels = (images: LabelledImages): LabelledImages => ({
  ...images,
  pixels(from, to) {
    const bytes = images.pixels(from, to);
    for (let i = 0; i < bytes.length; i += 3) [bytes[i], bytes[i + 2]] = [bytes[i + 2]!, bytes[i]!];
    return bytes;
  },
});
