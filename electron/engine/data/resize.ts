import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { RgbImage } from './rgb-image.ts';

export type ResizeMethod = ImageRecipe['resize'];

/** Binary digits after the point of a weight: 255 * 2^22 still fits in 31 bits. */
const fraction = 22;
const half = 1 << (fraction - 1);

/** What each output pixel of one axis is made of: the `count[i]` entries from `i * width` on. */
interface Taps {
  width: number;
  count: Int32Array;
  /** Fixed-point. */
  weight: Int32Array;
  /** Which pixel of the image, after cropping or reflection. */
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
  filter(image.data, rows, across, {
    lines: height,
    from: { line: width * 3, step: 3 },
    to: { line: size * 3, step: 3 },
  });
  const result = new Uint8Array(size * size * 3);
  filter(rows, result, down, {
    lines: size,
    from: { line: 3, step: size * 3 },
    to: { line: 3, step: size * 3 },
  });
  return result;
}

/** `length` pixels, cropped or reflected to `virtual` centred positions, filtered to `size`. */
function triangleTaps(length: number, virtual: number, size: number): Taps {
  const offset = Math.trunc((length - virtual) / 2);
  const scale = virtual / size;
  const support = Math.max(scale, 1);
  const width = Math.ceil(support) * 2 + 1;
  const count = new Int32Array(size);
  const weight = new Int32Array(size * width);
  const position = new Int32Array(size * width);
  for (let i = 0; i < size; i++) {
    const centre = (i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const last = Math.min(Math.trunc(centre + support + 0.5), virtual);
    const height = (at: number) => Math.max(0, 1 - Math.abs((at + 0.5 - centre) / support));
    let sum = 0;
    for (let at = first; at < last; at++) sum += height(at);
    count[i] = last - first;
    for (let at = first; at < last; at++) {
      const place = i * width + at - first;
      weight[place] = Math.floor((height(at) / sum) * 2 ** fraction + 0.5);
      position[place] = reflect(at + offset, length);
    }
  }
  return { width, count, weight, position };
}

/** Mirrors a position about the centres of the edge pixels, as often as it takes. */
function reflect(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((position % period) + period) % period;
  return folded < length ? folded : period - folded;
}

/** Distances in bytes between lines, and between positions on a line. */
interface Steps {
  line: number;
  step: number;
}

/** Filters every line of `source` along one axis. */
function filter(
  source: Uint8Array,
  target: Uint8Array,
  { width, count, weight, position }: Taps,
  { lines, from, to }: { lines: number; from: Steps; to: Steps },
): void {
  for (let line = 0; line < lines; line++) {
    const start = line * from.line;
    let out = line * to.line;
    for (let i = 0; i < count.length; i++, out += to.step) {
      let red = half;
      let green = half;
      let blue = half;
      const end = i * width + count[i]!;
      for (let tap = i * width; tap < end; tap++) {
        const part = weight[tap]!;
        const at = start + position[tap]! * from.step;
        // Whole numbers throughout: plain * and + would become floats.
        red = (red + Math.imul(part, source[at]!)) | 0;
        green = (green + Math.imul(part, source[at + 1]!)) | 0;
        blue = (blue + Math.imul(part, source[at + 2]!)) | 0;
      }
      target[out] = red >> fraction;
      target[out + 1] = green >> fraction;
      target[out + 2] = blue >> fraction;
    }
  }
}
