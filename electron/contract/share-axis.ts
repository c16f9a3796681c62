import { largest, smallest } from './extremes.ts';

/** Four even steps of round percent that hold all values and end at 100 % at most: the axis of charts of shares. */
export function shareSpan(values: readonly number[]): { low: number; high: number; step: number } {
  const min = Math.min(1, smallest(values));
  const max = largest(values);
  for (const step of [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]) {
    const low = Math.max(0, Math.min(Math.floor(min / step) * step, 1 - 4 * step));
    if (low + 4 * step >= max) return { low, high: low + 4 * step, step };
  }
  return { low: 0, high: 1, step: 0.25 };
}
