import type { AugmentRecipe } from '../../contract/recipe/augmentation.ts';
import { type Random, random } from '../numbers/random.ts';

/** A rectangle to fill, in shares of an image's sides, so that every size of an image has the same one. */
export interface Erasing {
  height: number;
  width: number;
  /** Its place in the room that it leaves, from 0 up to 1. */
  down: number;
  right: number;
  /** Seed of standard normal noise; null: filled with 0. */
  noise: number | null;
}

/** Rectangles drawn, as in torchvision, until one is smaller than the image. */
const attempts = 10;
const largestSeed = 2 ** 31;

/**
 * Draws what torchvision's RandomErasing would: area uniform, logarithm of height / width uniform, place uniform; null where nothing is
 * erased. Sides are shares here, so that a rectangle just below an image's side may come to the whole side once it is in pixels.
 * Zhong et al., "Random Erasing Data Augmentation", 2020 (arXiv 1708.04896), algorithm 1.
 */
export function drawErasing(
  { p, scale, ratio, fill }: AugmentRecipe['erase'],
  stream: Random,
): Erasing | null {
  if (p === 0 || stream.float() >= p) return null;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const area = stream.uniform(...scale);
    const aspect = Math.exp(stream.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
    const [height, width] = [Math.sqrt(area * aspect), Math.sqrt(area / aspect)];
    if (height >= 1 || width >= 1) continue;
    const place = { down: stream.float(), right: stream.float() };
    return { height, width, ...place, noise: fill === 'noise' ? stream.integer(largestSeed) : null };
  }
  return null;
}

/** Rows and columns that it covers of an image of `size` x `size`. */
export function erasedBox({ height, width, down, right }: Erasing, size: number) {
  const side = (share: number, place: number) => {
    const length = Math.round(share * size);
    const from = Math.floor(place * (size - length + 1));
    return { from, to: from + length };
  };
  return { rows: side(height, down), columns: side(width, right) };
}

/** Fills the rectangle of a normalised image [size, size, 3], which lies in `target` from `offset` on. */
export function erase(target: Float32Array, offset: number, size: number, erasing: Erasing): void {
  const { rows, columns } = erasedBox(erasing, size);
  const noise = erasing.noise === null ? null : random(erasing.noise, 'erased');
  for (let y = rows.from; y < rows.to; y++) {
    const [from, to] = [columns.from, columns.to].map((x) => offset + (y * size + x) * 3) as [number, number];
    if (noise) for (let i = from; i < to; i++) target[i] = noise.normal();
    else target.fill(0, from, to);
  }
}
