import { expect, test } from 'vitest';
import { maskSchema } from '../../../electron/contract/mask.ts';
import {
  classImages,
  confusedImages,
  runEvaluation,
} from '../../../electron/engine/trained/run-evaluation.ts';
import { writePredictions } from '../../../electron/engine/run-folder/stored-predictions.ts';
import { classNames, idleRun, testPredictions } from './evaluated-run.ts';

const context = { signal: new AbortController().signal, progress: () => undefined };
const evaluate = (folder: string, mask: Parameters<typeof maskSchema.parse>[0] = {}) =>
  runEvaluation({ folder, mask: maskSchema.parse(mask), beta: null }, context);

/** A run whose models' answers are known. */
async function evaluatedRun(...parameters: Parameters<typeof testPredictions>): Promise<string> {
  const run = await idleRun();
  await writePredictions(run, testPredictions(...parameters));
  return run.folder;
}

test('without a mask every test image counts', async () => {
  const evaluation = await evaluate(await evaluatedRun());
  expect(evaluation.n).toBe(5);
  expect(evaluation.mask.classes).toEqual([0, 1, 2]);
  expect(evaluation.classes).toEqual(classNames.map((name, id) => ({ id, name, seen: id < 2 })));
  const { teacher, student, baseline } = evaluation.models;
  expect([teacher, student, baseline].map((model) => model!.scores.accuracy)).toEqual([0.8, 0.6, 0.4]);
  expect(student!.confusion).toEqual([
    [2, 0, 0],
    [1, 1, 0],
    [0, 1, 0],
  ]);
  expect(student!.perClass[0]).toEqual({
    id: 0,
    name: 'Stop',
    precision: 2 / 3,
    recall: 1,
    f1: 0.8,
    support: 2,
  });
  expect(evaluation.comparison).toMatchObject({
    onlyStudent: 2,
    onlyBaseline: 1,
    mcnemarP: 1,
    agreement: 0.4,
  });
});

test('a mask leaves its rows of the confusion, and every prediction as a column', async () => {
  const evaluation = await evaluate(await evaluatedRun(), { classes: 'unseen', invert: true });
  expect(evaluation.mask.classes).toEqual([0, 1]);
  expect(evaluation.n).toBe(4);
  const { student, baseline } = evaluation.models;
  expect(student!.scores).toMatchObject({ n: 4, accuracy: 0.75 });
  expect(student!.perClass.map(({ id, support }) => [id, support])).toEqual([
    [0, 2],
    [1, 2],
  ]);
  expect(baseline!.confusion).toEqual([
    [1, 0, 1],
    [2, 0, 0],
  ]);
  expect(evaluation.comparison).toMatchObject({ onlyStudent: 2, onlyBaseline: 0, mcnemarP: 0.5 });
  expect(evaluation.comparison.sentence).toContain('75.00 % against 25.00 % of 4 images');
});

test('mistakes come most confident first, with the five best predictions of every model', async () => {
  const { models } = await evaluate(await evaluatedRun());
  expect(models.student!.mistakes.map(({ key, label }) => [key, label])).toEqual([
    ['d.ppm', 1],
    ['e, "f".ppm', 2],
  ]);
  const { top5 } = models.student!.mistakes[0]!;
  expect(top5.student!.map(({ id, probability }) => [id, probability])).toEqual([
    [0, 0.875],
    [1, 0.125],
    [2, 0],
  ]);
  expect(top5.teacher![0]).toEqual({ id: 1, probability: 0.5 });
  expect(top5.baseline![0]).toEqual({ id: 0, probability: 0.5 });
  const masked = await evaluate(await evaluatedRun(), { classes: [2] });
  expect(masked.models.student!.mistakes.map(({ key }) => key)).toEqual(['e, "f".ppm']);
});

test('an empty bin of the reliability diagram has no means', async () => {
  const { reliability } = (await evaluate(await evaluatedRun())).models.student!;
  expect(reliability).toHaveLength(15);
  const filled = reliability.filter(({ n }) => n > 0);
  // 0.5 lies in (7/15, 8/15], 0.625 in (9/15, 10/15], 0.75 in (11/15, 12/15], both 0.875 in (13/15, 14/15].
  expect(filled.map(({ to, n, confidence, accuracy }) => [to * 15, n, confidence, accuracy])).toEqual([
    [8, 1, 0.5, 1],
    [10, 1, 0.625, 0],
    [12, 1, 0.75, 1],
    [14, 2, 0.875, 0.5],
  ]);
  expect(reliability[0]).toEqual({ from: 0, to: 1 / 15, n: 0, confidence: null, accuracy: null });
});

test('a run that has trained its teacher only is evaluated as far as it came', async () => {
  const { models, comparison } = await evaluate(await evaluatedRun(['teacher']));
  expect(Object.keys(models)).toEqual(['teacher']);
  expect(comparison).toEqual({
    mcnemarP: null,
    onlyStudent: null,
    onlyBaseline: null,
    verdict: null,
    sentence: 'The run has not trained its student yet.',
    agreement: null,
  });
});

test('a cell of the confusion matrix gives its images', async () => {
  const folder = await evaluatedRun();
  const cell = (label: number, predicted: number, limit = 100) =>
    confusedImages({ folder, role: 'baseline', label, predicted, limit }, context);
  expect(await cell(1, 0)).toEqual({
    total: 2,
    images: [
      { key: 'c.ppm', label: 1, probability: 0.75 },
      { key: 'd.ppm', label: 1, probability: 0.5 },
    ],
  });
  expect(await cell(1, 0, 1)).toMatchObject({ total: 2, images: [{ key: 'c.ppm' }] });
  expect(await cell(0, 0)).toMatchObject({ total: 1, images: [{ key: 'a.ppm' }] });
  expect(await cell(2, 0)).toEqual({ total: 0, images: [] });
  await expect(cell(0, 3)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('what cannot be evaluated is named with what to do', async () => {
  const run = await idleRun();
  const { folder } = run;
  await expect(evaluate(folder)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    hint: `Evaluate the run again, which keeps them: distill-studio evaluate ${folder}`,
  });
  await writePredictions(run, testPredictions(['teacher']));
  await expect(
    confusedImages({ folder, role: 'student', label: 0, predicted: 0, limit: 1 }, context),
  ).rejects.toMatchObject({ code: 'NOT_FOUND', hint: 'Choose among: teacher.' });
  await expect(evaluate(folder, { classes: [7] })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(evaluate(folder, { classes: 'all', invert: true })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('the images of a class have every prediction, mistakes first', async () => {
  const folder = await evaluatedRun();
  const images = (label: number, limit = 100) => classImages({ folder, label, limit }, context);
  const { total, images: ofClass1 } = await images(1);
  expect(total).toBe(2);
  // The student errs on d only; on c only the baseline does.
  expect(ofClass1.map(({ key }) => key)).toEqual(['d.ppm', 'c.ppm']);
  expect(ofClass1[0]).toEqual({
    key: 'd.ppm',
    label: 1,
    predictions: {
      teacher: { id: 1, probability: 0.5 },
      student: { id: 0, probability: 0.875 },
      baseline: { id: 0, probability: 0.5 },
    },
  });
  // Right by the student both: b, which the others get wrong, before a.
  expect((await images(0)).images.map(({ key }) => key)).toEqual(['b.ppm', 'a.ppm']);
  expect(await images(0, 1)).toMatchObject({ total: 2, images: [{ key: 'b.ppm' }] });
  await expect(images(3)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
