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
