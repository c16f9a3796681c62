/** Lists of any length: spread into Math.max, a list of more than about 120,000 numbers overflows the stack. */

/** The largest of the values and `least`; NaN where one is NaN. */
export function largest(values: Iterable<number>, least = -Infinity): number {
  let result = least;
  for (const value of values) result = Math.max(result, value);
  return result;
}

/** The smallest of the values and `most`; NaN where one is NaN. */
export function smallest(values: Iterable<number>, most = Infinity): number {
  let result = most;
  for (const value of values) result = Math.min(result, value);
  return result;
}
