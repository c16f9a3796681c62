import { random } from '../numbers/random.ts';

/**
 * The `count` of `indices` that an epoch takes, in their order. Which ones are left out moves along one order drawn by the seed, so
 * that over any number of epochs no two images differ by more than one in how often they were left out.
 */
export function taken(
  indices: readonly number[],
  count: number,
  epoch: number,
  seed: number,
): readonly number[] {
  const over = indices.length - count;
  if (over === 0) return indices;
  const places = random(seed, 'left-out').shuffled([...indices.keys()]);
  const first = epoch * over;
  const left = new Set(Array.from({ length: over }, (_, i) => places[(first + i) % places.length]!));
  return indices.filter((_, place) => !left.has(place));
}
