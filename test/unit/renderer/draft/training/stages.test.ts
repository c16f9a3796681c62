import { describe, expect, it } from 'vitest';
import {
  headFirst,
  highestRate,
  isHeadFirst,
  withHighestRate,
} from '../../../../../renderer/draft/training/stages.ts';

describe('stages', () => {
  it('sets the highest rate and keeps the proportion of a pair', () => {
    expect(withHighestRate(0.1, 0.2)).toBe(0.2);
    expect(withHighestRate([1e-5, 1e-3], 4e-3)).toEqual([4e-5, 4e-3]);
    expect(withHighestRate([NaN, 1e-3], 0.5)).toEqual([0.5, 0.5]);
  });
  it('trains the head alone first', () => {
    const whole = [{ epochs: 8, freezeTo: 0, learningRate: 0.004 }];
    const stages = headFirst(whole);
    expect([whole, stages, stages.slice(0, 1)].map(isHeadFirst)).toEqual([false, true, false]);
    expect(stages).toEqual([
      { epochs: 1, freezeTo: -1, learningRate: 0.004 },
      { epochs: 8, freezeTo: 0, learningRate: [2e-5, 0.002] },
    ]);
    expect(highestRate(stages[1]!.learningRate)).toBe(0.002);
  });
});
