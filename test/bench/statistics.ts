/** Where a set of figures lies and how far it spreads. */
export interface Summary {
  count: number;
  min: number;
  q1: number;
  median: number;
  q3: number;
  max: number;
}

/**
 * The quantile at `p` in [0, 1] of at least one value, interpolated between neighbours (Hyndman & Fan, "Sample Quantiles
 * in Statistical Packages", 1996, definition 7: what NumPy and R do).
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError('There is no quantile of nothing.');
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * p;
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

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
