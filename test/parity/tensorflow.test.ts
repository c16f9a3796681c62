import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adamScalars, adamUpdate } from '../../electron/engine/backend/ops/adam.ts';
import { batchNorm, type Activation } from '../../electron/engine/backend/ops/batch-norm.ts';
import { conv2d, depthwiseConv2d, maxPool } from '../../electron/engine/backend/ops/convolution.ts';
import { crossEntropy, softTargets } from '../../electron/engine/backend/ops/losses.ts';
import { globalAveragePool } from '../../electron/engine/backend/ops/pooling.ts';
import { noise, relativeError } from '../support/backends.ts';
import { hasParity } from '../support/parity-data.ts';
import { distillationParity } from '../support/parity-distillation.ts';
import {
  dropTensorflowBackend,
  hasTensorflow,
  tensorflowSkip,
  useTensorflowBackend,
} from '../support/tensorflow-backend.ts';

/** The relative error of each result on TensorFlow, from the same on the JavaScript backend. */
async function againstJavaScript(compute: () => Tensor[]): Promise<number[]> {
  const run = async (backend: string) => {
    await tf.setBackend(backend);
    const results = tf.tidy(compute);
    const values = results.map((result) => result.dataSync().slice());
    tf.dispose(results);
    return values;
  };
  const expected = await run('cpu');
  const actual = await run('tensorflow');
  return expected.map((values, i) => relativeError(actual[i]!, values));
}

const batchNormState = (channels: number) => ({
  gamma: tf.variable(noise([channels], 5, 1, 0.3)),
  beta: tf.variable(noise([channels], 6)),
  mean: tf.variable(noise([channels], 7)),
  variance: tf.variable(tf.abs(noise([channels], 8, 1, 0.1))),
});

describe.skipIf(!hasTensorflow)(`the tensorflow backend (${tensorflowSkip})`, () => {
  beforeAll(useTensorflowBackend, 300_000);
  afterAll(dropTensorflowBackend);

  const activations: Activation[] = ['none', 'relu', 'relu6'];
  const norms = [
    [4, 6, 6, 32],
    [4, 5, 5, 20],
    [8, 24],
  ].flatMap((shape) =>
    activations.flatMap((activation) => [true, false].map((skip) => [shape, activation, skip] as const)),
  );
  test.each(norms)('batch norm of %j, %s, shortcut %s', async (shape, activation, skip) => {
    const errors = await againstJavaScript(() => {
      const state = batchNormState(shape.at(-1)!);
      const x = noise(shape, 1, 30, 2);
      const shortcut = noise(shape, 2, 2, 3);
      const f = (a: Tensor, b: Tensor) =>
        batchNorm(a, state, { training: true, activation, skip: skip ? b : undefined });
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.mul(f(x, shortcut), noise(shape, 3))).asScalar(),
        [state.gamma, state.beta],
      );
      const inputs = skip ? [x, shortcut] : [x];
      const dx = tf.grads((...args: Tensor[]) => f(args[0]!, args[1] ?? shortcut))(inputs, noise(shape, 4));
      const options = { training: false, activation, skip: skip ? shortcut : undefined };
      const statistics = [state.mean.clone(), state.variance.clone()];
      return [
        f(x, shortcut),
        value,
        ...Object.values(grads),
        ...dx,
        batchNorm(x, state, options),
        ...statistics,
      ];
    });
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  });

  test.each([
    [2, 9, 9, 3, 16, 7, 2, 3],
    [3, 10, 10, 16, 16, 3, 1, 1],
    [4, 7, 9, 16, 32, 3, 2, 1],
    [4, 8, 8, 32, 16, 1, 2, 0],
  ] as const)('convolution %i x %i x %i x %i -> %i, kernel %i, stride %i, padding %i', async (...config) => {
    const [n, h, w, c, o, k, stride, padding] = config;
    const errors = await againstJavaScript(() => {
      const [x, filter] = [noise([n, h, w, c], 1), noise([k, k, c, o], 2)];
      const f = (a: Tensor, b: Tensor) => conv2d(a as Tensor4D, b as Tensor4D, stride, padding);
      const y = f(x, filter);
      return [y, ...tf.grads(f)([x, filter], noise(y.shape, 3))];
    });
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });

  test.each([
    [2, 8, 8, 16, 3, 1, 1],
    [3, 7, 9, 16, 3, 2, 1],
    [2, 8, 8, 6, 5, 1, 2],
  ] as const)('depthwise %i x %i x %i x %i, kernel %i, stride %i, padding %i', async (...config) => {
    const [n, h, w, c, k, stride, padding] = config;
    const errors = await againstJavaScript(() => {
      const [x, filter] = [noise([n, h, w, c], 1), noise([k, k, c, 1], 2)];
      const f = (a: Tensor, b: Tensor) => depthwiseConv2d(a as Tensor4D, b as Tensor4D, stride, padding);
      const y = f(x, filter);
      return [y, ...tf.grads(f)([x, filter], noise(y.shape, 3))];
    });
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });

  test.each([
    [2, 12, 12, 16, 3, 2, 1],
    [2, 7, 7, 5, 3, 2, 1],
    [2, 8, 8, 4, 2, 2, 0],
  ] as const)('pooling %i x %i x %i x %i, window %i, stride %i, padding %i', async (...config) => {
    const [n, h, w, c, size, stride, padding] = config;
    const errors = await againstJavaScript(() => {
      const x = noise([n, h, w, c], 1);
      const largest = (a: Tensor) => maxPool(a as Tensor4D, size, stride, padding);
      const mean = (a: Tensor) => globalAveragePool(a as Tensor4D);
      const y = largest(x);
      const gradients = [tf.grad(largest)(x, noise(y.shape, 2)), tf.grad(mean)(x, noise([n, c], 3))];
      return [y, mean(x), ...gradients];
    });
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });

  test('losses and their gradients', async () => {
    const errors = await againstJavaScript(() => {
      const logits = noise([16, 43], 1, 0, 3);
      const teacher = noise([16, 43], 2, 0, 3) as Tensor2D;
      const labels: Tensor1D = tf.range(0, 16, 1, 'int32');
      const losses = [
        (x: Tensor) => crossEntropy(labels, x as Tensor2D),
        (x: Tensor) => crossEntropy(labels, x as Tensor2D, 0.1),
        (x: Tensor) => softTargets(x as Tensor2D, teacher, 4),
        (x: Tensor) => softTargets(x as Tensor2D, teacher, 20),
      ];
      return losses.flatMap((loss) => [loss(logits), tf.grad(loss)(tf.mul(logits, 0.9))]);
    });
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });

  const adamSteps = (w: tf.Variable, m: tf.Variable, v: tf.Variable) => {
    for (let step = 1; step <= 3; step++) {
      const hyper = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-5, weightDecay: 0.1, step };
      adamUpdate(w, noise(w.shape, 10 + step), m, v, adamScalars(hyper));
    }
  };

  test('Adam moves weights and moments alike', async () => {
    const errors = await againstJavaScript(() => {
      const variables = [1, 2, 3].map((seed) => tf.variable(tf.abs(noise([3, 3, 16, 16], seed))));
      const [w, m, v] = variables as [tf.Variable, tf.Variable, tf.Variable];
      const before = w.clone();
      adamSteps(w, m, v);
      return [tf.sub(w, before), m.clone(), v.clone()];
    });
    expect(Math.max(...errors)).toBeLessThan(2e-5);
  });

  test('a step leaves no tensor behind', async () => {
    await tf.setBackend('tensorflow');
    const state = batchNormState(8);
    const filter = tf.variable(noise([3, 3, 3, 8], 1));
    const moments = [2, 3].map(() => tf.variable(tf.zerosLike(filter))) as [tf.Variable, tf.Variable];
    const labels = tf.tensor1d([0, 1, 2, 3], 'int32');
    const image = noise([4, 9, 9, 3], 4) as Tensor4D;
    const step = () =>
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => {
          const y = batchNorm(conv2d(image, filter as Tensor4D, 2, 1), state, {
            training: true,
            activation: 'relu',
          });
          return crossEntropy(labels, globalAveragePool(maxPool(y, 3, 2, 1)));
        }, [filter, state.gamma]);
        const hyper = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-5, weightDecay: 0, step: 1 };
        adamUpdate(filter, grads[filter.name]!, ...moments, adamScalars(hyper));
      });
    const native = (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding;
    step();
    const before = [tf.memory().numTensors, native.getNumOfTensors()];
    for (let i = 0; i < 20; i++) step();
    expect([tf.memory().numTensors, native.getNumOfTensors()]).toEqual(before);
  });

  describe.skipIf(!hasParity)('against PyTorch', () => distillationParity(useTensorflowBackend));
});
