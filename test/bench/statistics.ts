import { median, quantile } from '../../electron/engine/numbers/quantile.ts';

/** Where a set of figures lies and how far it spreads. */
export interface Summary {
  count: number;
  min: number;
  q1: number;
  median: number;
  q3: number;
  max: number;
}

export function summarise(values: readonly number[]): Summary {
  const [min, q1, middle, q3, max] = [0, 0.25, 0.5, 0.75, 1].map((p) => quantile(values, p)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { count: values.length, min, q1, median: middle, q3, max };
}

/**
 * How many times as fast as `theirs` `ours` was in each round: the quotient of the two turns' median times. Both are
 * given as the times of each turn; turns of one round stand next to each other in time, so that what slows the machine
 * for a while slows both.
 */
export function pairedRatios(
  ours: readonly (readonly number[])[],
  theirs: readonly (readonly number[])[],
): number[] {
  if (ours.length !== theirs.length) throw new RangeError('Turns without a partner cannot be compared.');
  return ours.map((times, round) => median(theirs[round]!) / median(times));
}
