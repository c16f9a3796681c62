import { expect, it } from 'vitest';
import type { ModelResult, RunResult } from '../../../electron/contract/result.ts';
import { resultFindings } from '../../../electron/contract/result-findings.ts';

const modelOf = (accuracy: number, n: number) => ({ test: { accuracy, n }, seen: null }) as ModelResult;

/** A run of two classes with so many test images each. */
function codes(
  teacher: number,
  baseline: number | null,
  {
    counts = [100, 100],
    verdict = 'no difference shown',
  }: { counts?: number[]; verdict?: RunResult['comparison']['verdict'] } = {},
): string[] {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return resultFindings({
    models: {
      teacher: modelOf(teacher, n),
      student: modelOf(0.9, n),
      baseline: baseline === null ? null : modelOf(baseline, n),
    },
    perClass: { teacher: counts.map((support) => ({ support })) },
    comparison: { verdict },
  } as RunResult).map(({ code }) => code);
}

it('is silent about a good run', () => {
  expect(codes(0.95, 0.9)).toEqual([]);
  expect(codes(0.95, null)).toEqual([]);
});

it('tells of a teacher near chance, chance being the most frequent class', () => {
  expect(codes(0.5, 0.5)).toEqual(['teacher-near-chance']);
  // Two standard errors of a fair coin thrown 200 times are 7 points.
  expect(codes(0.56, null)).toEqual(['teacher-near-chance']);
  expect(codes(0.58, null)).toEqual([]);
  expect(codes(0.8, null, { counts: [160, 40] })).toEqual(['teacher-near-chance']);
});

it('tells of a teacher that is worse than the baseline, beyond what one image more or less makes', () => {
  expect(codes(0.8, 0.9)).toEqual(['teacher-below-baseline']);
  expect(codes(0.895, 0.9)).toEqual([]);
});

it('tells of a student that is shown to be worse than its baseline', () => {
  expect(codes(0.95, 0.94, { verdict: 'worse' })).toEqual(['student-below-baseline']);
});
