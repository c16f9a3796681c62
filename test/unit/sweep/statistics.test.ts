import { describe, expect, it } from 'vitest';
import { mcnemar } from '../../../electron/engine/evaluate/mcnemar.ts';
import { paretoFront } from '../../../electron/engine/sweep/front.ts';
import { holm } from '../../../electron/engine/sweep/holm.ts';
import { summariseSeeds } from '../../../electron/engine/sweep/seed-summary.ts';
import { signFlip } from '../../../electron/engine/sweep/sign-flip.ts';

/** The share of all assignments of signs whose sum is at least as far from 0. */
function enumerated(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs);
  const found = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  let extreme = 0;
  for (let signs = 0; signs < 2 ** sizes.length; signs++) {
    const sum = sizes.reduce((total, size, i) => total + (signs & (1 << i) ? size : -size), 0);
    if (Math.abs(sum) >= found) extreme++;
  }
  return extreme / 2 ** sizes.length;
}

describe('the test over several seeds', () => {
  it.each([
    [[1, 1, 1, -1, 2, 3, -2, 0]],
    [[3, 3, 3, 3, -1, -1, 2, 1, 1]],
    [[2, -2]],
    [[-1, -2, -3, -3, -3, 1, 0, 0, 2, -1, -1]],
  ])('gives for %j the share of all signs that are as extreme', (differences) => {
    expect(signFlip(differences)).toBeCloseTo(enumerated(differences), 12);
  });

  it("is McNemar's exact test with one seed", () => {
    for (const [b, c] of [
      [0, 0],
      [3, 9],
      [178, 75],
      [1200, 1100],
    ] as const) {
      const differences = [...new Array<number>(b).fill(1), ...new Array<number>(c).fill(-1), 0, 0];
      expect(signFlip(differences)).toBeCloseTo(mcnemar(b, c), 10);
    }
  });
});

describe("Holm's correction", () => {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), method = "holm") gives 0.03 0.06 0.06 0.02.
  it('is what R gives, in the given order', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual(
      [0.03, 0.06, 0.06, 0.02].map((p) => expect.closeTo(p, 12) as number),
    );
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe('a summary over seeds', () => {
  it('has the mean, the sample deviation, and an interval within the values', () => {
    const { seeds, mean, deviation, interval } = summariseSeeds([0.9, 0.92, 0.97])!;
    expect(seeds).toBe(3);
    expect(mean).toBeCloseTo(0.93, 12);
    // sqrt((0.03^2 + 0.01^2 + 0.04^2) / 2)
    expect(deviation).toBeCloseTo(Math.sqrt(0.0026 / 2), 12);
    expect(interval![0]).toBeGreaterThanOrEqual(0.9 - 1e-12);
    expect(interval![0]).toBeLessThan(0.93);
    expect(interval![1]).toBeGreaterThan(0.93);
    expect(interval![1]).toBeLessThanOrEqual(0.97 + 1e-12);
  });

  it('of one seed has no spread, and of none is null', () => {
    expect(summariseSeeds([0.5])).toEqual({ seeds: 1, mean: 0.5, deviation: null, interval: null });
    expect(summariseSeeds([])).toBeNull();
  });
});

describe('the front', () => {
  const trade = (setting: number, score: number, cost: number) => ({ setting, score, cost });
  it('has what nothing beats, twins together, by rising cost', () => {
    const front = paretoFront([
      trade(0, 0.9, 100),
      trade(1, 0.8, 10),
      trade(2, 0.85, 200),
      trade(3, 0.95, 150),
      trade(4, 0.9, 100),
      trade(5, 0.8, 50),
    ]);
    expect(front).toEqual([1, 0, 4, 3]);
  });
});
