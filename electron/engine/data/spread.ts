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
  const byClass = new Map<number, number[]>();
  for (const index of random.shuffled(candidates)) {
    const label = labels[index]!;
    const known = byClass.get(label);
    if (known) known.push(index);
    else byClass.set(label, [index]);
  }
  const classes = random.shuffled([...byClass.keys()].sort((a, b) => a - b));
  const drawn: number[] = [];
  for (let round = 0; drawn.length < Math.min(count, candidates.length); round++) {
    const next = classes.flatMap((label) => byClass.get(label)!.slice(round, round + 1));
    for (const index of next.slice(0, count - drawn.length)) drawn.push(index);
  }
  return drawn.sort((a, b) => labels[a]! - labels[b]! || a - b);
}
