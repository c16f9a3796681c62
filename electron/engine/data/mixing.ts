import type { MixingRecipe } from '../../contract/recipe/mixing.ts';
import { beta } from '../numbers/beta.ts';
import type { Random } from '../numbers/random.ts';

/** How the images of a batch are mixed with their partners. */
export type Mix =
  /** share * image + (1 - share) * partner. */
  | { method: 'mixup'; share: number }
  /** The partner's pixels in a box about `centre` (x right, y down, from 0 up to 1) that covers 1 - share of the image, less what of it lies outside. */
  | { method: 'cutmix'; share: number; centre: { x: number; y: number } };

/** Draws one for a batch; null: this batch stays as it is. */
export function drawMix({ mixup, cutmix }: MixingRecipe, random: Random): Mix | null {
  const drawn = random.float();
  if (drawn < mixup.p) return { method: 'mixup', share: beta(mixup.alpha, mixup.alpha, random) };
  if (drawn >= mixup.p + cutmix.p) return null;
  const share = beta(cutmix.alpha, cutmix.alpha, random);
  return { method: 'cutmix', share, centre: { x: random.float(), y: random.float() } };
}

/** From, up to and not including. */
type Span = readonly [number, number];

/** Columns and rows of CutMix's box in an image of `size` x `size`, as in its authors' code (github.com/clovaai/CutMix-PyTorch). */
function boxOf({ share, centre }: Extract<Mix, { method: 'cutmix' }>, size: number): { x: Span; y: Span } {
  const half = Math.floor(Math.floor(size * Math.sqrt(1 - share)) / 2);
  const span = (place: number): Span => {
    const middle = Math.floor(place * size);
    return [Math.max(0, middle - half), Math.min(size, middle + half)];
  };
  return { x: span(centre.x), y: span(centre.y) };
}

/** The share of an image of `size` x `size` that is its own after mixing: of CutMix by the pixels that its box really covers. */
export function ownShare(mix: Mix, size: number): number {
  if (mix.method === 'mixup') return mix.share;
  const { x, y } = boxOf(mix, size);
  return 1 - ((x[1] - x[0]) * (y[1] - y[0])) / (size * size);
}

/**
 * Writes each image of `source` [n, size, size, 3], mixed with its partner, into `target` of the same shape.
 * `partners`: the place of each image's partner in the batch, [n].
 */
export function mixInto(
  target: Float32Array,
  source: Float32Array,
  size: number,
  partners: readonly number[],
  mix: Mix,
): void {
  const values = size * size * 3;
  if (mix.method === 'mixup') {
    const other = 1 - mix.share;
    for (const [image, partner] of partners.entries()) {
      const [from, beside] = [image * values, partner * values];
      for (let i = 0; i < values; i++)
        target[from + i] = mix.share * source[from + i]! + other * source[beside + i]!;
    }
    return;
  }
  const { x, y } = boxOf(mix, size);
  target.set(source.subarray(0, partners.length * values));
  for (const [image, partner] of partners.entries()) {
    for (let row = y[0]; row < y[1]; row++) {
      const [from, to] = [(row * size + x[0]) * 3, (row * size + x[1]) * 3];
      target.set(source.subarray(partner * values + from, partner * values + to), image * values + from);
    }
  }
}
