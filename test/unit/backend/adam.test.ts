import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { disposeSessions, sessionCount } from '../../../electron/engine/backend/onnxruntime/session-cache.ts';
import { adamScalars, adamUpdate, adamUpdates } from '../../../electron/engine/backend/ops/adam.ts';
import { noise } from '../../support/backends.ts';
import { useNativeBackend } from '../../support/native-backend.ts';

beforeAll(useNativeBackend);

const hyper = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-5, weightDecay: 0, step: 3 };

/** Weights, vectors between them, and two kinds of scalars, in no order. */
function parameters() {
  const [plain, decayed, slow] = [
    adamScalars(hyper),
    adamScalars({ ...hyper, weightDecay: 0.1 }),
    adamScalars({ ...hyper, learningRate: 0.001 }),
  ];
  const kinds: [number[], tf.Tensor1D][] = [
    [[3, 3, 8, 16], decayed],
    [[16], plain],
    [[16], slow],
    [[3, 3, 16, 4], slow],
    [[5], plain],
    [[40, 7], decayed],
    [[1], slow],
  ];
  return kinds.map(([shape, scalars], i) => ({
    weight: tf.variable(noise(shape, 4 * i + 1)),
    gradient: noise(shape, 4 * i + 2),
    m: tf.variable(noise(shape, 4 * i + 3, 0, 0.1)),
    v: tf.variable(tf.square(noise(shape, 4 * i + 4))),
    scalars,
  }));
}

const valuesOf = (all: ReturnType<typeof parameters>) =>
  all.map(({ weight, m, v }) => [weight, m, v].map((variable) => variable.dataSync()));

test('all parameters are updated in one session, each as by itself', () => {
  const [apart, together, untouched] = [parameters(), parameters(), parameters()];
  for (const { weight, gradient, m, v, scalars } of apart) adamUpdate(weight, gradient, m, v, scalars);
  disposeSessions();
  const { numTensors } = tf.memory();
  adamUpdates(together);
  expect(sessionCount()).toBe(1);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(valuesOf(together)).toEqual(valuesOf(apart));
  expect(valuesOf(together)).not.toEqual(valuesOf(untouched));
});

test('nothing to update is no error', () => {
  expect(() => adamUpdates([])).not.toThrow();
});
