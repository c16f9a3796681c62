import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { conv2d, depthwiseConv2d, maxPool } from '../../../electron/engine/backend/ops/convolution.ts';
import { compareBackends, noise } from '../../support/backends.ts';

/** [n, h, w, c, o, kernel, stride, padding]: every way of the convolution kernels, odd sizes, batches of no whole block. */
const convolutions = [
  [2, 9, 9, 3, 16, 7, 2, 3],
  [2, 8, 8, 3, 16, 3, 1, 1],
  [16, 10, 10, 16, 32, 3, 1, 1],
  [3, 10, 10, 16, 16, 3, 1, 1],
  [4, 8, 8, 16, 32, 3, 2, 1],
  [16, 8, 8, 16, 32, 3, 2, 1],
  [16, 7, 9, 3, 16, 3, 2, 0],
  [4, 7, 9, 16, 32, 3, 2, 1],
  [4, 8, 8, 32, 16, 1, 2, 0],
  [4, 8, 8, 16, 32, 1, 1, 0],
  [3, 12, 13, 16, 48, 1, 1, 0],
  [4, 4, 4, 16, 32, 3, 1, 1],
  [4, 6, 6, 20, 12, 3, 1, 1],
  [4, 6, 6, 20, 12, 3, 2, 1],
  [4, 6, 6, 14, 28, 1, 2, 0],
  [2, 11, 11, 4, 6, 5, 3, 2],
] as const;

test.each(convolutions)(
  'convolution %i x %i x %i x %i -> %i, kernel %i, stride %i, padding %i',
  async (...config) => {
    const [n, h, w, c, o, k, stride, padding] = config;
    const errors = await compareBackends(() => {
      const x = noise([n, h, w, c], 1);
      const filter = noise([k, k, c, o], 2);
      const f = (a: Tensor, b: Tensor) => conv2d(a as Tensor4D, b as Tensor4D, stride, padding);
      const y = f(x, filter);
      return [y, ...tf.grads(f)([x, filter], noise(y.shape, 3))];
    });
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  },
);

test.each([
  [2, 8, 8, 16, 3, 1, 1],
  [2, 8, 8, 32, 3, 2, 1],
  [3, 7, 9, 16, 3, 2, 1],
  [2, 8, 8, 16, 5, 1, 2],
  [2, 8, 8, 6, 3, 1, 1],
] as const)('depthwise %i x %i x %i x %i, kernel %i, stride %i, padding %i', async (...config) => {
  const [n, h, w, c, k, stride, padding] = config;
  const errors = await compareBackends(() => {
    const x = noise([n, h, w, c], 1);
    const filter = noise([k, k, c, 1], 2);
    const f = (a: Tensor, b: Tensor) => depthwiseConv2d(a as Tensor4D, b as Tensor4D, stride, padding);
    const y = f(x, filter);
    return [y, ...tf.grads(f)([x, filter], noise(y.shape, 3))];
  });
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

test.each([
  [2, 12, 12, 16, 3, 2, 1],
  [2, 9, 9, 5, 3, 2, 1],
  [2, 8, 8, 32, 2, 2, 0],
] as const)(
  'max pooling %i x %i x %i x %i, window %i, stride %i, padding %i; ties go to the first',
  async (...config) => {
    const [n, h, w, c, k, stride, padding] = config;
    const errors = await compareBackends(() => {
      const x = tf.relu(tf.round(noise([n, h, w, c], 1, 0, 2)));
      const f = (a: Tensor) => maxPool(a as Tensor4D, k, stride, padding);
      const y = f(x);
      return [y, tf.grad(f)(x, noise(y.shape, 3))];
    });
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  },
);
