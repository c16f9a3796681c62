import { describe, expect, test } from 'vitest';
import { ratiosOf } from '../../bench/comparison.ts';
import { median, quantile } from '../../../electron/engine/numbers/quantile.ts';
import { pairedRatios, summarise } from '../../bench/statistics.ts';

describe('quantiles', () => {
  test("are NumPy's", () => {
    // numpy.percentile([15, 20, 35, 40, 50], [5, 30, 40, 50, 100])
    const values = [50, 15, 40, 20, 35];
    expect([0.05, 0.3, 0.4, 0.5, 1].map((p) => quantile(values, p))).toEqual([16, 23, 29, 35, 50]);
  });
  test('of an even number lie between the middle two', () => {
    expect(summarise([4, 1, 3, 2])).toEqual({ count: 4, min: 1, q1: 1.75, median: 2.5, q3: 3.25, max: 4 });
  });
  test('of one value are that value', () => {
    expect(summarise([7])).toEqual({ count: 1, min: 7, q1: 7, median: 7, q3: 7, max: 7 });
  });
  test('sort numbers as numbers and leave the caller his order', () => {
    const values = [100, 9, 80];
    expect(median(values)).toBe(80);
    expect(values).toEqual([100, 9, 80]);
  });
  test('of nothing are refused', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('pairs', () => {
  test('compare the median times of one round', () => {
    const ours = [
      [10, 20, 900],
      [40, 40, 40],
    ];
    const theirs = [
      [30, 10, 30],
      [20, 10, 20],
    ];
    expect(pairedRatios(ours, theirs)).toEqual([1.5, 0.5]);
  });
  test('cancel what slows a whole round', () => {
    expect(pairedRatios([[10], [50], [20]], [[20], [100], [40]])).toEqual([2, 2, 2]);
  });
  test('need partners', () => {
    expect(() => pairedRatios([[1]], [[1], [2]])).toThrow(RangeError);
  });
});

test("the peer's faster form is the one that counts", () => {
  const side = (name: string, ...turns: number[][]) => ({ name, turns, step: summarise(turns.flat()) });
  const ratios = ratiosOf([side('ours', [10], [10])], [side('slow', [20], [22]), side('fast', [11], [15])]);
  expect(ratios.map(({ peer, counts, pairs }) => ({ peer, counts, pairs }))).toEqual([
    { peer: 'slow', counts: false, pairs: [2, 2.2] },
    { peer: 'fast', counts: true, pairs: [1.1, 1.5] },
  ]);
});
