import { expect, it } from 'vitest';
import { trainingSchema } from '../../../electron/contract/recipe/training.ts';
import { suggestTraining } from '../../../electron/contract/suggested-training.ts';
import { totalSteps } from '../../../electron/contract/training-steps.ts';

const usual = trainingSchema.parse({});

it.each([100, 154, 500, 1000, 5000])('%i images: about 1,500 steps for the student', (images) => {
  const steps = totalSteps(images, suggestTraining('student', usual, images));
  expect(steps).toBeGreaterThanOrEqual(1500);
  expect(steps).toBeLessThan(1800);
});

it('gives many images ten epochs at least, and the teacher fewer steps than the student', () => {
  expect(suggestTraining('student', usual, 50_000).stages[0]!.epochs).toBe(10);
  const [teacher, student] = (['teacher', 'student'] as const).map((role) =>
    totalSteps(154, suggestTraining(role, usual, 154)),
  );
  expect(teacher!).toBeLessThan(student!);
});

it.each([1, 2, 9, 30])('%i images: a valid training without endless epochs', (images) => {
  const suggested = suggestTraining('student', usual, images);
  expect(trainingSchema.parse(suggested)).toEqual(suggested);
  expect(suggested.stages[0]!.epochs).toBeLessThanOrEqual(200);
});

it('keeps the proportions of stages, their rates and what they freeze', () => {
  const stages = [
    { epochs: 1, freezeTo: -1, learningRate: 2e-3 },
    { epochs: 9, freezeTo: 0, learningRate: 1e-3 },
  ];
  const suggested = suggestTraining('student', { ...usual, stages }, 154).stages;
  expect(suggested.map(({ epochs }) => epochs)).toEqual([17, 150]);
  expect(suggested.map(({ freezeTo, learningRate }) => [freezeTo, learningRate])).toEqual([
    [-1, 2e-3],
    [0, 1e-3],
  ]);
});
