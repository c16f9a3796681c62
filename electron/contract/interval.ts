/** Normal quantile of a two-sided 95 % interval. */
const z = 1.96;

/** Wilson's 95 % interval for a share of `n` cases. */
export function wilsonInterval(share: number, n: number): [low: number, high: number] {
  const square = z ** 2 / n;
  const centre = (share + square / 2) / (1 + square);
  const half = (z * Math.sqrt((share * (1 - share)) / n + square / (4 * n))) / (1 + square);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
