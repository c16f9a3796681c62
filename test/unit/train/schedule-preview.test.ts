import { beforeAll, expect, test } from 'vitest';
import { type TrainingRecipe, trainingSchema } from '../../../electron/contract/recipe/training.ts';
import { scheduleNames } from '../../../electron/contract/schedules.ts';
import { previewSchedule } from '../../../electron/engine/train/schedule-preview.ts';
import { fit } from '../../../electron/engine/train/fit.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { madeUpSource, stepEvents, tinyFit, tinyModel } from './support.ts';
import { context } from '../estimate/support.ts';

beforeAll(useCpuBackend);

const preview = (training: TrainingRecipe, trainImages: number) =>
  previewSchedule({ training, trainImages }, context());

test.each(scheduleNames)('%s is what a training then does, step by step', async (name) => {
  const training = trainingSchema.parse({
    batchSize: 4,
    schedule: { name },
    stages: [
      { epochs: 1, freezeTo: -1, learningRate: 0.002 },
      { epochs: 3, learningRate: [1e-4, 1e-2] },
    ],
  });
  const { options, events } = tinyFit(tinyModel(), training, { train: madeUpSource(5), validation: null });
  await fit(options);
  // 22 images are five batches of four; the rest is left out.
  const { step, learningRate, momentum, stages, stepsPerEpoch } = await preview(training, 22);
  const done = stepEvents(events);
  expect(step).toEqual(done.map((_, i) => i + 1));
  expect(learningRate).toEqual(done.map((event) => event.learningRate));
  expect(momentum).toEqual(done.map((event) => event.momentum));
  expect(stepsPerEpoch).toBe(5);
  expect(stages).toEqual([
    { firstStep: 1, lastStep: 5, epochs: 1, freezeTo: -1 },
    { firstStep: 6, lastStep: 20, epochs: 3, freezeTo: 0 },
  ]);
});

test('a long one is thinned, but keeps where stages begin, peak and end', async () => {
  const training = trainingSchema.parse({
    batchSize: 10,
    stages: Array.from({ length: 32 }, (_, i) => ({ epochs: 20 + i, learningRate: 0.01 * (i + 1) })),
  });
  const { step, learningRate, stages } = await preview(training, 1000);
  expect(step.length).toBeLessThanOrEqual(400);
  expect(step.length).toBeGreaterThan(300);
  expect(new Set(step).size).toBe(step.length);
  expect(stages.at(-1)!.lastStep).toBe(stages.reduce((sum, { epochs }) => sum + epochs * 100, 0));
  for (const [i, { firstStep, lastStep }] of stages.entries()) {
    expect(step).toContain(firstStep);
    expect(step).toContain(lastStep);
    const own = learningRate.filter((_, j) => step[j]! >= firstStep && step[j]! <= lastStep);
    expect(Math.max(...own)).toBeCloseTo(0.01 * (i + 1), 10);
  }
});

test('fewer images than a batch make one step an epoch', async () => {
  const { step, stepsPerEpoch } = await preview(trainingSchema.parse({ batchSize: 64 }), 7);
  expect([step.length, stepsPerEpoch]).toEqual([10, 1]);
});
