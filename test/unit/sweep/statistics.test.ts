import { describe, expect, it } from 'vitest';
import { mcnemar } from '../../../electron/engine/evaluate/mcnemar.ts';
import { tBeyond, twoSidedT } from '../../../electron/engine/numbers/student-t.ts';
import { comparisonsSentence, comparisonSentence } from '../../../electron/engine/sweep/comparison-words.ts';
import { crossedTest } from '../../../electron/engine/sweep/crossed-test.ts';
import type { SettingComparison } from '../../../electron/contract/sweep/sweep-table.ts';
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

describe("Student's t", () => {
  // mpmath 1.3, 30 digits: betainc(df / 2, 1 / 2, 0, df / (df + t ** 2), regularized=True).
  it.each([
    [4.303, 2, 0.0499925249852145],
    [1, 1, 0.5],
    [2.5, 3, 0.0877066470080655],
    [-0.3, 4, 0.77912142827746],
    [12, 5, 7.08949251716152e-5],
    [3.3, 9, 0.00922990831854702],
    [2, 30, 0.0546250449629831],
  ])('is at least %f away from 0 with %i degrees of freedom in a share %f of cases', (t, freedom, p) => {
    expect(twoSidedT(t, freedom)).toBeCloseTo(p, 13);
  });

  // The table of every textbook.
  it.each([
    [2, 4.303],
    [4, 2.776],
    [9, 2.262],
  ])('is beyond its tabulated value in 5 % of cases with %i degrees of freedom', (freedom, t) => {
    expect(tBeyond(0.05, freedom)).toBeCloseTo(t, 3);
  });
});

describe('the test of settings, over seeds and images', () => {
  it('is the paired t-test where all images are alike', () => {
    // Student's sleep data; R's documentation: t = -4.0621, df = 9, p-value = 0.002833, 95 percent -2.4598858 -0.7001142.
    const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    const { lead, interval, p } = crossedTest(sleep.map((hours) => [hours, hours, hours]));
    expect(lead).toBeCloseTo(1.58, 12);
    expect(p).toBeCloseTo(0.00283289, 8);
    expect(interval[0]).toBeCloseTo(0.7001142, 6);
    expect(interval[1]).toBeCloseTo(2.4598858, 6);
  });

  // NumPy: the two-way table of mean squares from the residuals themselves, its t by mpmath.
  const grid = (seeds: number, images: number, difference: (seed: number, image: number) => number) =>
    Array.from({ length: seeds }, (_, s) => Array.from({ length: images }, (_i, i) => difference(s, i)));
  it.each([
    [
      'seeds and images spread',
      grid(5, 60, (s, i) => Number(i % 3 === 0 && (s + i) % 7 !== 0) - Number(i % 13 < s)),
      [0.12, -0.1136773349, 0.3536773349, 0.2270719504],
    ],
    [
      'seeds spread most',
      grid(3, 50, (s, i) => Number(i % 5 <= s) - Number(i % 10 === 9)),
      [0.3, -0.2969952087, 0.8969952087, 0.163118547],
    ],
    [
      'the means of three seeds happen to agree',
      grid(3, 40, (s, i) => Number((7 * s + 3 * i) % 5 === 0) - Number((s + 5 * i) % 11 === 0)),
      [0.1, -0.1238435267, 0.3238435267, 0.1945196953],
    ],
  ])('is what NumPy gives where %s', (_, differences, expected) => {
    const { lead, interval, p } = crossedTest(differences);
    for (const [i, value] of [lead, ...interval, p].entries()) expect(value).toBeCloseTo(expected[i]!, 9);
  });

  it('shows nothing of settings whose students are alike', () => {
    expect(crossedTest(grid(3, 10, () => 0))).toEqual({ lead: 0, interval: [0, 0], p: 1 });
  });
});

describe('comparisons in words', () => {
  const shown = { p: 0.0001, corrected: 0.002, verdict: 'better' } as const;
  const notShown = { p: 0.02, corrected: 0.3, verdict: 'no difference shown' } as const;
  const perSeed = [1, 2, 3].map((seed) => ({ seed, onlyChosen: 30, onlyOther: 10, p: 0.002 }));
  const compared = (parts: Partial<SettingComparison>): SettingComparison => {
    const comparison = { setting: 1, perSeed, lead: 0.1986, students: shown, acrossSeeds: null, ...parts };
    return { ...comparison, sentence: comparisonSentence(comparison, { temperature: '2' }) };
  };
  const interval: [number, number] = [-0.01, 0.4072];

  it('claim a difference of settings only where it goes beyond the spread of seeds', () => {
    const one = compared({ acrossSeeds: { ...notShown, interval } });
    expect(one.sentence).toBe(
      'No difference from temperature 2 is shown beyond the spread of 3 seeds (lead +19.86 points, 95 % interval −1.00 to +40.72, p = 0.3 after correction). The students that were trained do differ: those of the chosen setting are better (p = 0.002 after correction).',
    );
    expect(compared({ acrossSeeds: { ...shown, interval: [0.1, 0.3] } }).sentence).toMatch(
      /^The chosen setting is better than temperature 2, beyond the spread of 3 seeds \(/,
    );
    const all = comparisonsSentence([one, compared({ acrossSeeds: { ...shown, interval } })]);
    expect(all).toMatch(/^Of the 2 other settings, 1 is shown to be worse beyond the spread of seeds/);
    expect(all).toContain('Of the students that were trained, those of 2 settings');
  });

  it('are about the trained students alone with fewer than three seeds', () => {
    const one = compared({ perSeed: perSeed.slice(1) });
    expect(comparisonsSentence([one])).toBe(
      'The students of the chosen setting are better than those of temperature 2 (2 seeds, p = 0.002 after correction). Whether settings differ is tested from 3 seeds on.',
    );
    expect(comparisonsSentence([one, one])).not.toContain('other settings, 2');
    expect(comparisonsSentence([])).toBe('');
  });
});

describe("Holm's correction", () => {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), method = "holm") gives 0.03 0.06 0.06 0.02.
  it('is what R gives, in the given order', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual(
      [0.03, 0.06, 0.06, 0.02].map((p) => expect.closeTo(p, 12) as number),
    );
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    // R: p.adjust(c(0.001, 0.004), method = "holm", n = 6) gives 0.006 0.020.
    expect(holm([0.001, 0.004], 6)).toEqual([expect.closeTo(0.006, 12), expect.closeTo(0.02, 12)]);
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
