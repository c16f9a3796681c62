import type { ImageRecipe } from '../../contract/recipe.ts';
import type { RgbImage } from './image.ts';

export type ResizeMethod = ImageRecipe['resize'];

/** Binary digits after the point of a weight: 255 * 2^22 still fits in 31 bits. */
const fraction = 22;
const half = 1 << (fraction - 1);

/** What each output pixel of one axis is made of: `width` weights from `start[i]` on, in virtual positions. */
interface Taps {
  width: number;
  start: Int32Array;
  /** Fixed-point, `width` per output, zeros where an output has fewer. */
  weights: Int32Array;
  /** Where a virtual position lies in the image, after cropping or reflection. */
  position: Int32Array;
}

/**
 * An image as the networks see it: RGB, [size, size, 3].
 * `crop`: the largest centred square; `squish`: both sides; `pad`: the image centred in a square of its longer side,
 * reflected about its edge pixels (fastai's Resize as it treats validation images; its random crop for training
 * images is left to the augmentation, because an image is resized once and kept).
 *
 * The filter is what PIL's BILINEAR does, which fastai uses: a triangle as wide as the reduction, so that reducing
 * antialiases, first along rows and then along columns, each rounded to 8 bits. libvips' linear kernel is close, but
 * it shrinks by boxes before it filters, and networks trained elsewhere expect PIL's pixels.
 */
export function resizeImage(image: RgbImage, size: number, method: ResizeMethod): Uint8Array {
  const { width, height } = image;
  const side = method === 'crop' ? Math.min(width, height) : Math.max(width, height);
  const across = triangleTaps(width, method === 'squish' ? width : side, size);
  const down = triangleTaps(height, method === 'squish' ? height : side, size);

  const rows = new Uint8Array(height * size * 3);
  resample(
    image.data,
    rows,
    across,
    { lines: height, line: width * 3, step: 3 },
    { line: size * 3, step: 3 },
  );
  const result = new Uint8Array(size * size * 3);
  resample(rows, result, down, { lines: size, line: 3, step: size * 3 }, { line: 3, step: size * 3 });
  return result;
}

/** `length` pixels, cropped or reflected to `virtual` centred positions, filtered to `size`. */
function triangleTaps(length: number, virtual: number, size: number): Taps {
  const offset = Math.trunc((length - virtual) / 2);
  const position = new Int32Array(virtual);
  for (let i = 0; i < virtual; i++) position[i] = reflect(i + offset, length);
  const scale = virtual / size;
  const support = Math.max(scale, 1);
  const width = Math.min(Math.ceil(support) * 2 + 1, virtual);
  const start = new Int32Array(size);
  const weights = new Int32Array(size * width);
  for (let i = 0; i < size; i++) {
    const centre = (i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const last = Math.min(Math.trunc(centre + support + 0.5), virtual);
    const weight = (at: number) => Math.max(0, 1 - Math.abs((at + 0.5 - centre) / support));
    let sum = 0;
    for (let at = first; at < last; at++) sum += weight(at);
    // A window that ends at the last position may be shorter than `width`: keep it inside by starting earlier.
    const from = (start[i] = Math.min(first, virtual - width));
    for (let at = first; at < last; at++) {
      weights[i * width + at - from] = Math.floor((weight(at) / sum) * 2 ** fraction + 0.5);
    }
  }
  return { width, start, weights, position };
}

/** Mirrors a position about the centres of the edge pixels, as often as it takes. */
function reflect(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((position % period) + period) % period;
  return folded < length ? folded : period - folded;
}

/** Filters every line of `source` along one axis; `line` and `step` are the distances between lines and positions. */
function resample(
  source: Uint8Array,
  target: Uint8Array,
  { width, start, weights, position }: Taps,
  from: { lines: number; line: number; step: number },
  to: { line: number; step: number },
): void {
  for (let i = 0; i < start.length; i++) {
    const first = start[i]!;
    for (let line = 0; line < from.lines; line++) {
      let red = half;
      let green = half;
      let blue = half;
      for (let k = 0; k < width; k++) {
        const weight = weights[i * width + k]!;
        const at = line * from.line + position[first + k]! * from.step;
        red += weight * source[at]!;
        green += weight * source[at + 1]!;
        blue += weight * source[at + 2]!;
      }
      const at = line * to.line + i * to.step;
      target[at] = red >> fraction;
      target[at + 1] = green >> fraction;
      target[at + 2] = blue >> fraction;
    }
  }
}
