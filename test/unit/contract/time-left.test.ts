import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../../electron/contract/time-left.ts';

/** Reports steady work of `rate` a second, every `every` seconds; gives the estimates by second. */
function watch(rate: number, total: number, every: number, until: number): Map<number, number | null> {
  const left = timeLeft();
  const estimates = new Map<number, number | null>();
  for (let s = 0; s <= until; s += every) estimates.set(s, left(Math.min(rate * s, total), total, s * 1000));
  return estimates;
}

describe('time left', () => {
  it('is right for steady work', () => {
    const estimates = watch(100, 10_000, 0.5, 60);
    expect(estimates.get(5)).toBeCloseTo(95, 6);
    expect(estimates.get(50)).toBeCloseTo(50, 6);
  });

  it('is not known before 2 seconds and 2 % of the work', () => {
    const fast = watch(5000, 10_000, 0.5, 2);
    expect([fast.get(0.5), fast.get(1.5), fast.get(2)]).toEqual([null, null, 0]);
    const slow = watch(10, 10_000, 1, 12);
    expect([slow.get(3), slow.get(9)]).toEqual([null, null]);
    expect(slow.get(10)).toBeCloseTo(990, 6);
  });

  it('does not charge what came before the first report to the rest', () => {
    const left = timeLeft();
    // Archives were being opened for a second when the first 8 of 19,695 images had been read.
    expect(left(8, 19_695, 1000)).toBeNull();
    expect(left(208, 19_695, 1100)).toBeNull();
    expect(left(8 + 2000 * 3, 19_695, 4000)).toBeCloseTo((19_695 - 6008) / 2000, 6);
  });

  it('follows a change of pace, and counts standing still', () => {
    const left = timeLeft();
    let estimate: number | null = null;
    for (let s = 0; s <= 100; s++) estimate = left(100 * s, 100_000, s * 1000);
    expect(estimate).toBeCloseTo(900, 6);
    for (let s = 101; s <= 200; s++) estimate = left(10_000 + 10 * (s - 100), 100_000, s * 1000);
    // Five time constants later less than 1 % of the rate is the old one's.
    expect(estimate! / (89_000 / 10)).toBeGreaterThan(0.9);
    const before = estimate!;
    expect(left(11_000, 100_000, 210_000)!).toBeGreaterThan(before * 1.3);
  });

  it('begins anew with another total, and is not known of work that does not move', () => {
    const left = timeLeft();
    left(0, 100, 0);
    expect(left(50, 100, 5000)).toBe(5);
    expect(left(50, 200, 6000)).toBeNull();
    expect(left(50, 200, 60_000)).toBeNull();
    expect(left(200, 200, 61_000)).toBe(0);
  });
});
