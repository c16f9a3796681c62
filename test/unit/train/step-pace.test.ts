import { describe, expect, it } from 'vitest';
import { random } from '../../../electron/engine/numbers/random.ts';
import { StepPace } from '../../../electron/engine/train/step-pace.ts';

const paceOf = (seconds: readonly number[], prior: number | null = null): StepPace => {
  const pace = new StepPace(prior);
  for (const one of seconds) pace.add(one);
  return pace;
};
const times = (count: number, seconds: number): number[] => Array.from({ length: count }, () => seconds);

describe('the pace of steps', () => {
  it('is nothing before the first, then their mean', () => {
    expect(paceOf([]).seconds).toBeNull();
    expect(paceOf([2, 4]).seconds).toBe(3);
    expect(paceOf([1, 1, 1, 2, 2, 2]).seconds).toBeCloseTo(1.5, 1);
  });

  it('is that of late when it changes', () => {
    const { seconds } = paceOf([...times(600, 0.1), ...times(600, 0.2)]);
    expect(seconds! / 0.2).toBeGreaterThan(0.9);
    expect(seconds! / 0.2).toBeLessThan(1.1);
  });

  it('hardly moves for one stall, wherever it comes', () => {
    for (const at of [0, 3, 20]) {
      const seconds = times(40, 0.1);
      seconds[at] = 5;
      expect(paceOf(seconds).seconds! / 0.1, `step ${at}`).toBeLessThan(1.2);
    }
  });

  it('counts stalls that come again and again as they are', () => {
    // Every twentieth step takes 2 s: 0.195 s in the mean.
    const seconds = Array.from({ length: 4000 }, (_, i) => (i % 20 === 19 ? 2 : 0.1));
    expect(paceOf(seconds).seconds! / 0.195).toBeGreaterThan(0.85);
    expect(paceOf(seconds).seconds! / 0.195).toBeLessThan(1.05);
  });

  it('begins at what was foreseen, and forgets it', () => {
    expect(paceOf([], 0.3).seconds).toBeCloseTo(0.3);
    expect(paceOf(times(8, 0.1), 0.3).seconds).toBeCloseTo(0.2, 1);
    expect(paceOf(times(2000, 0.1), 0.3).seconds).toBeCloseTo(0.1, 2);
  });

  it('is right for a jitter of a third', () => {
    const noise = random(3, 'jitter');
    const seconds = Array.from({ length: 500 }, () => 0.1 * (1 + (noise.float() - 0.5) * 0.66));
    expect(paceOf(seconds).seconds).toBeCloseTo(0.1, 2);
  });

  it('is sure after five steps, or three in ten seconds', () => {
    expect(paceOf(times(4, 0.1)).isSure).toBe(false);
    expect(paceOf(times(5, 0.1)).isSure).toBe(true);
    expect(paceOf([20]).isSure).toBe(false);
    expect(paceOf([6, 6]).isSure).toBe(false);
    expect(paceOf([6, 6, 6]).isSure).toBe(true);
    expect(paceOf([], 1).isSure).toBe(true);
  });
});
