import { grouped } from '../../contract/grouped.ts';
import type { Random } from '../numbers/random.ts';

/**
 * Draws `count` images (fewer where there are fewer) so that as many classes as possible are among them: one of each of the
 * classes in random order, then a second one of each, and so on. `candidates` are indices into `labels`; the result is in order
 * of class.
 */
export function spreadOverClasses(
  labels: ArrayLike<number>,
  candidates: readonly number[],
  count: number,
  random: Random,
): number[] {
  const byClass = grouped(random.shuffled(candidates), (index) => labels[index]!);
  const classes = random.shuffled([...byClass.keys()].sort((a, b) => a - b));
  const drawn: number[] = [];
  for (let round = 0; drawn.length < Math.min(count, candidates.length); round++) {
    const next = classes.flatMap((label) => byClass.get(label)!.slice(round, round + 1));
    for (const index of next.slice(0, count - drawn.length)) drawn.push(index);
  }
  return drawn.sort((a, b) => labels[a]! - labels[b]! || a - b);
}
