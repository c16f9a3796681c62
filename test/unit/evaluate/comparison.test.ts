import { describe, expect, it } from 'vitest';
import { agreement, compare } from '../../../electron/engine/evaluate/comparison.ts';
import { mcnemar } from '../../../electron/engine/evaluate/mcnemar.ts';
import { certain } from './fakes.ts';

describe('the exact McNemar test', () => {
  // min(1, 2 * sum(C(n, i) for i <= min(b, c)) / 2^n) with Python's integers and fractions.Fraction, rounded once at the end.
  it.each([
    [0, 0, 1],
    [1, 0, 1],
    [5, 0, 0.0625],
    [6, 0, 0.03125],
    [2, 10, 0.03857421875],
    [10, 2, 0.03857421875],
    [7, 7, 1],
    [12, 25, 0.04703102743951604],
    [63, 120, 3.03082351822648e-5],
    [500, 560, 0.06990955946026933],
    [5000, 5300, 0.003215819673645239],
    [9800, 10200, 0.004780889455902644],
    [0, 1000, 1.8665272370064378e-301],
  ])('of %i against %i', (b, c, p) => {
    expect(Math.abs(mcnemar(b, c) / p - 1)).toBeLessThan(1e-9);
  });

  it('goes to 0 rather than to NaN beyond float64', () => {
    expect(mcnemar(0, 3000)).toBe(0);
    expect(mcnemar(5e6, 5e6)).toBe(1);
  });
});

describe('a comparison', () => {
  const labels = Array<number>(1000).fill(0);
  /** Right but for the images from `from` up to `to`. */
  const wrong = (from: number, to: number) =>
    certain(
      2,
      labels,
      labels.map((_, i) => Number(i >= from && i < to)),
    );

  it('finds the student better, or worse', () => {
    const result = compare({ student: wrong(0, 12), baseline: wrong(10, 40), teacher: wrong(0, 0) });
    // 28 against 10, by Python's math.comb as above.
    expect(result).toMatchObject({ onlyStudent: 28, onlyBaseline: 10, verdict: 'better', agreement: 0.988 });
    expect(result.mcnemarP).toBeCloseTo(0.0050976432976312935, 12);
    expect(result.sentence).toBe(
      'The distilled student is better than its baseline: 98.80 % against 97.00 % of 1,000 images right, ' +
        '28 only by the student, 10 only by the baseline (exact McNemar test, p = 0.0051).',
    );
    const reverse = compare({ student: wrong(10, 40), baseline: wrong(0, 12), teacher: wrong(0, 0) });
    expect(reverse).toMatchObject({ verdict: 'worse', mcnemarP: result.mcnemarP });
  });

  it('gives no counts of differences where there are none', () => {
    const tooFew = 'The test needs at least 6 images that only one of them gets right to show a difference.';
    const sentence = (to: number) =>
      compare({ student: wrong(0, to), baseline: wrong(0, to), teacher: wrong(0, 0) }).sentence;
    expect(sentence(0)).toBe(
      `No difference between student and baseline is shown: both get all 1,000 images right. ${tooFew}`,
    );
    expect(sentence(20)).toBe(
      `No difference between student and baseline is shown: both get the same 980 of 1,000 images right (98.00 %). ${tooFew}`,
    );
  });

  it('says that no difference is shown', () => {
    const result = compare({ student: wrong(0, 5), baseline: wrong(5, 15), teacher: wrong(0, 5) });
    expect(result).toMatchObject({ verdict: 'no difference shown', agreement: 1 });
    expect(result.sentence).toMatch(/^No difference between student and baseline is shown: .*p = 0\.3\)\.$/);
  });

  it('says that there is no baseline', () => {
    const result = compare({ student: wrong(0, 5), baseline: null, teacher: wrong(0, 10) });
    expect(result).toMatchObject({
      mcnemarP: null,
      onlyStudent: null,
      onlyBaseline: null,
      verdict: 'no baseline',
      agreement: 0.995,
    });
  });

  it('counts equal wrong predictions as agreement', () => {
    expect(agreement(certain(3, [0, 0], [1, 1]), certain(3, [0, 0], [1, 2]))).toBe(0.5);
  });

  it('is of the same images only', () => {
    const student = certain(2, [0, 1], [0, 1]);
    expect(() => compare({ student, baseline: null, teacher: certain(2, [1, 0], [0, 1]) })).toThrow(
      'same images',
    );
    expect(() => compare({ student, baseline: certain(2, [0], [0]), teacher: student })).toThrow(
      'same images',
    );
  });
});
