/** Row by row, in float64. */
export function softmaxRows(logits: ArrayLike<number>, classes: number): number[] {
  const all = Array.from(logits);
  return all.map((value, i) => {
    const row = all.slice(i - (i % classes), i - (i % classes) + classes);
    const top = row.reduce((a, b) => Math.max(a, b));
    return Math.exp(value - top) / row.reduce((sum, one) => sum + Math.exp(one - top), 0);
  });
}

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
