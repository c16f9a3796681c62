/**
 * P values corrected for their number, in the given order: the k-th smallest of m is multiplied by m - k + 1, and none is smaller
 * than one before it (Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979). `m`: all that might have been tested,
 * where these are only some of them.
 */
export function holm(values: readonly number[], m = values.length): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const corrected = new Array<number>(values.length);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (m - rank) * values[index]!));
    corrected[index] = largest;
  }
  return corrected;
}
