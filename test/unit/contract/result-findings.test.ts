import { expect, it } from 'vitest';
import type { RunEvaluation, ModelEvaluation } from '../../../electron/contract/run-evaluation.ts';
import type { ModelResult, RunResult } from '../../../electron/contract/result.ts';
import { evaluationFindings, resultFindings } from '../../../electron/contract/result-findings.ts';

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
    classes: counts.map(() => ({ seen: true })),
    models: {
      teacher: modelOf(teacher, n),
      student: modelOf(0.9, n),
      baseline: baseline === null ? null : modelOf(baseline, n),
    },
    perClass: { teacher: counts.map((support) => ({ support })) },
    comparison: { verdict },
  }).map(({ code }) => code);
}

it('is silent about a good run', () => {
  expect(codes(0.95, 0.9)).toEqual([]);
  expect(codes(0.95, null)).toEqual([]);
});

it('reports a teacher near chance, chance being the most frequent class', () => {
  expect(codes(0.5, 0.5)).toEqual(['teacher-near-chance']);
  // Two standard errors of a fair coin thrown 200 times are 7 points.
  expect(codes(0.56, null)).toEqual(['teacher-near-chance']);
  expect(codes(0.58, null)).toEqual([]);
  expect(codes(0.8, null, { counts: [160, 40] })).toEqual(['teacher-near-chance']);
});

it('compares a teacher that was not trained on a class with guessing among the others', () => {
  // Of 8 images of two classes it gets 4 right, as guessing does; a third class has 4 more.
  const teacher = { test: { accuracy: 8 / 12, n: 12 }, seen: { accuracy: 0.5, n: 8 } } as ModelResult;
  const [finding] = resultFindings({
    classes: [{ seen: true }, { seen: true }, { seen: false }],
    models: { teacher, student: modelOf(0.9, 12), baseline: null },
    perClass: { teacher: [{ support: 4 }, { support: 4 }, { support: 4 }] },
    comparison: { verdict: null },
  });
  expect(finding?.message).toMatch(
    /right for 50\.0 % of the test images of the classes that were trained on; .* right for 50\.0 %/,
  );
});

it('reports a teacher that is worse than the baseline, beyond what one image more or less makes', () => {
  expect(codes(0.8, 0.9)).toEqual(['teacher-below-baseline']);
  expect(codes(0.895, 0.9)).toEqual([]);
});

it('states of which images a teacher of some classes has its figures, and does not compare it with the baseline', () => {
  const [finding, ...more] = resultFindings({
    classes: [{ seen: true }, { seen: true }, { seen: true }],
    models: {
      teacher: { ...modelOf(0.8, 100), covers: [0, 1, 2] },
      student: modelOf(0.9, 200),
      baseline: modelOf(0.9, 200),
    },
    perClass: { teacher: [{ support: 50 }, { support: 50 }, { support: 0 }] },
    comparison: { verdict: 'no difference shown' },
  });
  expect(finding?.message).toMatch(/knows 3 of the classes: .* of the 100 test images .* all 200/);
  expect(more).toEqual([]);
});

it('reports a student that is shown to be worse than its baseline', () => {
  expect(codes(0.95, 0.94, { verdict: 'worse' })).toEqual(['student-below-baseline']);
});

/** Of three classes, the first two of which were trained on; the models' recalls. */
function evaluatedCodes(recalls: { teacher: number[]; baseline: number[] }, supports: number[]): string[] {
  const modelOf = (recall: number[]) =>
    ({
      scores: { accuracy: 0, n: 200 },
      perClass: recall.map((share, id) => ({ id, recall: share, support: supports[id]! })),
    }) as ModelEvaluation;
  const { teacher, baseline } = recalls;
  return evaluationFindings({
    classes: [0, 1, 2].map((id) => ({ id, name: `class ${id}`, seen: id < 2 })),
    models: { teacher: modelOf(teacher), student: modelOf(teacher), baseline: modelOf(baseline) },
    comparison: { verdict: 'no difference shown' } as RunEvaluation['comparison'],
  }).map(({ code }) => code);
}

it('evaluates by the classes that were trained on', () => {
  // Two of three classes are learnt well; that nobody knows the third says nothing against the teacher.
  const counts = [100, 100, 1000];
  expect(evaluatedCodes({ teacher: [0.9, 0.9, 0], baseline: [0.9, 0.9, 0.5] }, counts)).toEqual([]);
  expect(evaluatedCodes({ teacher: [0.5, 0.5, 1], baseline: [0.5, 0.5, 0] }, counts)).toEqual([
    'teacher-near-chance',
  ]);
  expect(evaluatedCodes({ teacher: [0.8, 0.8, 1], baseline: [0.9, 0.9, 0] }, counts)).toEqual([
    'teacher-below-baseline',
  ]);
});

it('finds nothing where no class counts that was trained on', () => {
  expect(evaluatedCodes({ teacher: [0, 0, 0], baseline: [0, 0, 1] }, [0, 0, 100])).toEqual([]);
});

/** A run of three classes, with what is spoilt in it. */
function spoilt(change: {
  ece?: number;
  confusion?: number[][];
  validation?: { accuracy: number; n: number } | null;
  seen?: [boolean, boolean, boolean];
}) {
  const { ece = 0.02, validation = null, seen = [true, true, true] } = change;
  const confusion = change.confusion ?? [
    [9, 1, 0],
    [0, 10, 0],
    [0, 1, 9],
  ];
  return resultFindings({
    classes: ['Stop', 'Yield', 'Bend'].map((name, id) => ({ name, seen: seen[id]! })),
    models: {
      teacher: { test: { accuracy: 0.95, n: 300, ece }, seen: null },
      student: { test: { accuracy: 0.9, n: 300 }, seen: null, validation },
      baseline: null,
    },
    perClass: { teacher: [{ support: 100 }, { support: 100 }, { support: 100 }] },
    comparison: { verdict: null },
    confusion: { student: confusion },
  });
}

it('reports a teacher whose confidence is far from its accuracy', () => {
  expect(spoilt({})).toEqual([]);
  expect(spoilt({ ece: Number.NaN })).toEqual([]);
  expect(spoilt({ ece: 0.21 })[0]).toMatchObject({
    code: 'teacher-uncalibrated',
    message: expect.stringContaining('21.0 % away from its accuracy (95.0 %)') as string,
  });
});

it('names classes that the student was trained on and never predicts, if there were images enough', () => {
  const never = (third: number[]) => [[9, 1, 0], [2, 8, 0], third];
  expect(spoilt({ confusion: never([6, 4, 0]) }).map(({ code, message }) => [code, message])).toEqual([
    [
      'class-never-predicted',
      'The student was trained on a class that it predicts for no test image: “Bend”.',
    ],
  ]);
  expect(spoilt({ confusion: never([3, 1, 0]) })).toEqual([]);
  expect(spoilt({ confusion: never([6, 4, 0]), seen: [true, true, false] })).toEqual([]);
});

it.each([
  // Two-proportion z of 0.97 and 0.90 with 300 images each: 3.5; of 0.96: 2.9; of 40 validation images: 1.4.
  [0.97, 300, ['test-differs']],
  [0.96, 300, []],
  [0.97, 40, []],
  // Beyond chance, but small.
  [0.94, 30_000, []],
  [0.8, 300, []],
  [0.75, 300, ['test-differs']],
])('compares validation with test: %d of %d images', (accuracy, n, expected) => {
  expect(spoilt({ validation: { accuracy, n } }).map(({ code }) => code)).toEqual(expected);
});
