import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { batchNorm } from '../../../../electron/engine/backend/ops/batch-norm.ts';

beforeAll(useCpuBackend);

test('training normalises by the biased variance and keeps the unbiased one', () => {
  const state = {
    gamma: tf.variable(tf.ones([1])),
    beta: tf.variable(tf.zeros([1])),
    mean: tf.variable(tf.zeros([1])),
    variance: tf.variable(tf.ones([1])),
  };
  const x = tf.tensor2d([1, 2, 3, 4], [4, 1]);
  const y = batchNorm(x, state, { training: true });
  expect([...y.dataSync()][0]).toBeCloseTo(-1.5 / Math.sqrt(1.25 + 1e-5), 5);
  expect(state.mean.dataSync()[0]).toBeCloseTo(0.25, 6);
  expect(state.variance.dataSync()[0]).toBeCloseTo(0.9 + 0.1 * (5 / 3), 5);
  const g = tf.grad((v: tf.Tensor) => tf.sum(tf.square(batchNorm(v, state, { training: true }))))(x);
  expect(Math.max(...g.dataSync().map(Math.abs))).toBeLessThan(1e-3);
});
