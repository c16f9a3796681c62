import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { trainingSchema } from '../../../electron/contract/recipe/training.ts';
import { findLearningRate } from '../../../electron/engine/train/lr-finder.ts';
import { suggestRates } from '../../../electron/engine/train/lr-suggestions.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { bits, labelsOnly, madeUpSource, tinyModel } from './support.ts';

beforeAll(useCpuBackend);

test('sweeps the rates over as many epochs as it takes and leaves the model untouched', async () => {
  const model = tinyModel(1, { head: 'linear' });
  const before = bits(model);
  const tensors = tf.memory().numTensors;
  const { learningRates, losses, suggestions } = await findLearningRate({
    model,
    training: trainingSchema.parse({}),
    objective: labelsOnly,
    train: madeUpSource(3),
    seed: 1,
    trace: false,
    signal: new AbortController().signal,
  });
  expect(bits(model)).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(losses).toHaveLength(learningRates.length);
  expect(learningRates[0]).toBe(1e-7);
  // 1e-7 * 1e8^(50/100)
  expect(learningRates[50]).toBeCloseTo(1e-3, 12);
  expect(Math.min(...losses)).toBeLessThan(losses[0]!);
  for (const rate of Object.values(suggestions)) {
    expect(rate).toBeGreaterThan(1e-7);
    expect(rate).toBeLessThan(10);
  }
});

test('stops when asked, and still puts the weights back', async () => {
  const model = tinyModel();
  const before = bits(model);
  const controller = new AbortController();
  const search = findLearningRate({
    model,
    training: trainingSchema.parse({}),
    objective: labelsOnly,
    train: madeUpSource(3),
    seed: 1,
    trace: false,
    signal: controller.signal,
    onProgress: (done) => (done === 2 ? controller.abort() : undefined),
  });
  await expect(search).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(bits(model)).toEqual(before);
});

test('suggestions of a curve whose shape is known', () => {
  // Flat for 10 points, falling over the next 12, steepest from 15 to 16, lowest at 21, then rising.
  const falls = [0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1];
  const losses = Array.from({ length: 10 }, () => 3);
  for (const fall of falls) losses.push(losses.at(-1)! - fall);
  losses.push(2, 2.5, 4);
  const rates = losses.map((_, i) => 10 ** (i / 5 - 6));
  const suggestions = suggestRates(rates, losses);
  expect(suggestions.steep).toBe(rates[15]);
  expect(suggestions.minimum).toBe(rates[21]! / 10);
  // The longest decreasing run has 12 values and ends at 21: 21 - 12 + int(12 / 3) + int(12 / 3 / 2) = 15.
  expect(suggestions.valley).toBe(rates[15]);
});
