import { expect, test } from 'vitest';
import { compareRuns } from '../../../electron/engine/trained/compare-runs.ts';
import { annotate } from '../../../electron/engine/run-folder/annotation.ts';
import { writePredictions } from '../../../electron/engine/run-folder/stored-predictions.ts';
import { context } from '../run-folder/kept-runs.ts';
import { idleRun, testPredictions } from './evaluated-run.ts';

const evaluated = async (...parameters: Parameters<typeof testPredictions>) => {
  const run = await idleRun();
  await writePredictions(run, testPredictions(...parameters));
  return run.folder;
};

test('any model of one run is compared with any of another, under the names that they were given', async () => {
  const [one, other] = [await evaluated(), await evaluated()];
  await annotate(other, { name: 'Second try' });
  const result = await compareRuns(
    { first: { folder: one, role: 'teacher' }, second: { folder: other, role: 'baseline' } },
    context,
  );
  // Teacher right: a, c, d, e; baseline: a, e.
  expect(result.counts).toMatchObject({ n: 5, firstRight: 4, secondRight: 2, onlyFirst: 2, onlySecond: 0 });
  expect(result.counts!.p).toBe(0.5);
  expect(result.sentence).toContain('the teacher of “evaluated” and the baseline of “Second try”');
  const within = await compareRuns(
    { first: { folder: one, role: 'teacher' }, second: { folder: one, role: 'student' } },
    context,
  );
  expect(within.sentence).toContain('2 only by the teacher, 1 only by the student');
});

test('a model that a run does not have is named with those that it has', async () => {
  const [one, other] = [await evaluated(), await evaluated(['teacher'])];
  const student = (folder: string) => ({ folder, role: 'student' as const });
  await expect(compareRuns({ first: student(one), second: student(other) }, context)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    hint: 'Choose among: teacher.',
  });
});
