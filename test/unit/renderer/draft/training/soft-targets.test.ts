import { describe, expect, it } from 'vitest';
import { logScale } from '../../../../../renderer/views/wizard/training/log-scale.ts';
import { entropyBits, softTargets, topBars } from '../../../../../renderer/draft/training/soft-targets.ts';

describe('softTargets', () => {
  it('is softmax at temperature 1 (values of scipy.special.softmax)', () => {
    const [a, b, c] = softTargets([1, 2, 3], 1);
    expect(a).toBeCloseTo(0.09003057, 8);
    expect(b).toBeCloseTo(0.24472847, 8);
    expect(c).toBeCloseTo(0.66524096, 8);
  });
  it('divides the logits by the temperature', () => {
    expect(softTargets([4, 8, 12], 4)).toEqual(softTargets([1, 2, 3], 1));
  });
  it('does not overflow', () => {
    expect(softTargets([2000, 0], 1)).toEqual([1, 0]);
  });
  it('spreads over all classes as the temperature grows', () => {
    const logits = [9, 1, 0, -3];
    const bits = [1, 4, 20, 1e6].map((temperature) => entropyBits(softTargets(logits, temperature)));
    expect(bits).toEqual([...bits].sort((a, b) => a - b));
    expect(bits.at(-1)).toBeCloseTo(2, 6);
  });
});

describe('topBars', () => {
  it('keeps the order of the classes at every temperature and sums to 1', () => {
    const { bars, rest } = topBars([0, 5, 1, 4], 7, 2);
    expect(bars.map(({ id }) => id)).toEqual([1, 3]);
    expect(rest + bars[0]!.probability + bars[1]!.probability).toBeCloseTo(1, 12);
  });
});

describe('logScale', () => {
  const scale = logScale(1, 40);
  it('has its ends at the bounds and the geometric mean in the middle', () => {
    expect(scale.toValue(0)).toBe(1);
    expect(scale.toValue(scale.positions)).toBe(40);
    expect(scale.toValue(scale.positions / 2)).toBe(6.3);
  });
  it('finds the place of a value again', () => {
    for (const value of [1, 2, 4, 5, 20, 40])
      expect(scale.toValue(scale.toPosition(value))).toBeCloseTo(value, 0);
  });
  it('keeps what lies outside at the ends', () => {
    expect(scale.toPosition(100)).toBe(scale.positions);
    expect(scale.toPosition(0.01)).toBe(0);
  });
});
