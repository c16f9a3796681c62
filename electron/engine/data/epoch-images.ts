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

/** Those of the images without labels that an epoch takes, each once, when it has room for `count`. Independent of the order's seed. */
export const unlabelledIn = (
  indices: readonly number[],
  count: number,
  epoch: number,
  seed: number,
): readonly number[] => (count < indices.length ? taken(indices, count, epoch, seed) : indices);

/** `count` of them in the order in which an epoch takes them: whole passes first, where there are fewer than `count`. */
export function unlabelledOrder(
  indices: readonly number[],
  count: number,
  epoch: number,
  seed: number,
): number[] {
  const passes = Math.ceil(count / indices.length);
  return Array.from({ length: passes }, (_, pass) => {
    const room = count - pass * indices.length;
    return random(seed, 'unlabelled', epoch, pass).shuffled(unlabelledIn(indices, room, epoch, seed));
  }).flat();
}
