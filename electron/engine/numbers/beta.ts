import type { Random } from './random.ts';

/**
 * The logarithm of a gamma-distributed number of this shape (> 0) and scale 1.
 * Marsaglia & Tsang, "A Simple Method for Generating Gamma Variables", 2000; shapes below 1 by their section 6, in logarithms, since
 * the numbers themselves would be 0 in float64 for small shapes.
 */
function logGamma(shape: number, random: Random): number {
  if (shape < 1) return logGamma(shape + 1, random) + Math.log(1 - random.float()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.float()) < 0.5 * x * x + d - d * v + d * Math.log(v))
      return Math.log(d * v);
  }
}

/** Draws from Beta(a, b), a and b > 0: a number from 0 to 1. */
export function beta(a: number, b: number, random: Random): number {
  const [x, y] = [logGamma(a, random), logGamma(b, random)];
  return 1 / (1 + Math.exp(y - x));
}
