import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Role } from '../../../electron/contract/run.ts';
import { maskSchema, type Mask } from '../../../electron/contract/mask.ts';
import { runEvaluation } from '../../../electron/engine/trained/run-evaluation.ts';
import { scores } from '../../../electron/engine/evaluate/metrics.ts';
import type { TtaStep } from '../../../electron/engine/evaluate/tta.ts';
import {
  AveragesCollector,
  findAverages,
  type TestAverages,
  writeAverages,
} from '../../../electron/engine/run-folder/stored-averages.ts';
import { readPredictions, writePredictions } from '../../../electron/engine/run-folder/stored-predictions.ts';
import { predictions } from '../evaluate/fakes.ts';
import { idleRun, testPredictions } from '../trained/evaluated-run.ts';

const context = { signal: new AbortController().signal, progress: () => undefined };
const evaluate = (folder: string, mask: Partial<Mask> = {}, beta: number | null = null) =>
  runEvaluation({ folder, mask: maskSchema.parse(mask), beta }, context);

const labels = [0, 0, 1, 1, 2];
/** The student's copies: right but for the last image, which the plain student gets wrong with 0.625 to 0.125. */
const copies = [
  [0.5, 0.25, 0.25],
  [0.5, 0.25, 0.25],
  [0.25, 0.5, 0.25],
  [0.25, 0.75, 0],
  [0, 0.25, 0.75],
];
const averages: TestAverages = {
  beta: 0.25,
  models: new Map<Role, TtaStep[]>([
    [
      'student',
      [
        { count: 0, mean: null, msPerImage: 2 },
        { count: 4, mean: Float32Array.from(copies.flat()), msPerImage: 10.5 },
      ],
    ],
  ]),
};

async function augmentedRun() {
  const run = await idleRun();
  await writePredictions(run, testPredictions());
  await writeAverages(run, await readPredictions(run), averages);
  return run;
}

test('averages come back as they were kept, beside the predictions that they belong to', async () => {
  const run = await augmentedRun();
  expect(await findAverages(run, await readPredictions(run))).toEqual(averages);
  const bytes = readFileSync(run.path('tta.safetensors'));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE()))) as object;
  expect(header).toMatchObject({ 'student.4': { dtype: 'F32', shape: [5, 3] } });
});

/** The student's mixture, computed from the two tables alone. */
const mixed = (beta: number) => {
  const plain = testPredictions().models.get('student')!.probabilities;
  return predictions(
    labels,
    copies.map((row, i) => row.map((p, c) => (1 - beta) * p + beta * plain[3 * i + c]!)),
  );
};

test.each<[name: string, mask: Partial<Mask>, rows: number[]]>([
  ['all classes', {}, [0, 1, 2, 3, 4]],
  ['the seen ones', { classes: 'seen' }, [0, 1, 2, 3]],
  ['the seen ones inverted', { classes: 'seen', invert: true }, [4]],
  ['two of them', { classes: [1, 2] }, [2, 3, 4]],
])('%s are scored as if they were measured under this mask', async (_, mask, rows) => {
  const { folder } = await augmentedRun();
  for (const beta of [null, 0, 0.9]) {
    const { tta, models } = await evaluate(folder, mask, beta);
    const { accuracy, f1Weighted, logLoss } = scores(mixed(beta ?? 0.25), rows);
    expect(tta[1]).toEqual({
      role: 'student',
      count: 4,
      beta: beta ?? 0.25,
      accuracy,
      f1Weighted,
      logLoss: expect.closeTo(logLoss, 6) as number,
      msPerImage: 10.5,
    });
    const plain = models.student!.scores;
    expect(tta[0]).toMatchObject({ count: 0, accuracy: plain.accuracy, logLoss: plain.logLoss });
    expect(tta).toHaveLength(2);
  }
});

test('the mask and the weight change what is shown', async () => {
  const { folder } = await augmentedRun();
  const accuracies = await Promise.all([
    evaluate(folder),
    evaluate(folder, { classes: [2] }),
    evaluate(folder, { classes: [2] }, 0.9),
  ]);
  // The unseen class's image: 0.25 of 0.125 and 0.75 of 0.75 beat 0.625's share; with 0.9 they do not.
  expect(accuracies.map(({ tta }) => tta.map(({ accuracy }) => accuracy))).toEqual([
    [0.6, 1],
    [0, 1],
    [0, 0],
  ]);
});

test('averages of an earlier version, which calls the digest of the predictions answers, are read', async () => {
  const run = await augmentedRun();
  const file = run.path('tta.safetensors');
  // Of the same length, so that the header's stays right.
  const earlier = readFileSync(file, 'latin1').replace('\\"predictions\\":', '\\"answers\\":    ');
  expect(earlier).toContain('answers');
  writeFileSync(file, earlier, 'latin1');
  expect(await findAverages(run, await readPredictions(run))).toEqual(averages);
});

test('averages of other predictions, and damaged ones, are as if there were none', async () => {
  const run = await augmentedRun();
  const other = testPredictions();
  other.models.get('student')!.probabilities[0] = 0.5625;
  await writePredictions(run, other);
  expect(await findAverages(run, await readPredictions(run))).toBeNull();
  expect((await evaluate(run.folder)).tta).toEqual([]);

  await writePredictions(run, { ...testPredictions(), keys: ['z.ppm', 'b.ppm', 'c.ppm', 'd.ppm', 'e.ppm'] });
  expect(await findAverages(run, await readPredictions(run))).toBeNull();

  // The old predictions again: what belongs to them is still there.
  await writePredictions(run, testPredictions());
  expect((await evaluate(run.folder)).tta).toHaveLength(2);
  truncateSync(run.path('tta.safetensors'), 300);
  expect(await findAverages(run, await readPredictions(run))).toBeNull();
  expect((await evaluate(run.folder)).tta).toEqual([]);
});

test('what a run keeps is bounded', () => {
  const collector = new AveragesCollector(0.5);
  expect(collector.averages).toBeNull();
  const mean = new Float32Array(5 * 2 ** 20);
  for (const count of [1, 2, 3]) collector.add('student', { count, mean, msPerImage: 1 });
  expect(collector.averages?.models.get('student')).toHaveLength(3);
  collector.add('student', { count: 4, mean, msPerImage: 1 });
  collector.add('baseline', { count: 1, mean: null, msPerImage: 1 });
  expect(collector.averages).toBeNull();
});

test('a run without test-time augmentation has no such file', async () => {
  const run = await idleRun();
  await writePredictions(run, testPredictions());
  expect((await evaluate(run.folder)).tta).toEqual([]);
  expect(existsSync(run.path('tta.safetensors'))).toBe(false);
});
