import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { adamScalars, adamUpdate } from '../../../electron/engine/backend/ops/adam.ts';
import { batchNorm } from '../../../electron/engine/backend/ops/batch-norm.ts';
import { maxPool } from '../../../electron/engine/backend/ops/convolution.ts';
import { registerOnnxRuntime } from '../../../electron/engine/backend/onnxruntime/register.ts';
import { compareBackends, noise, relativeError } from '../../support/backends.ts';

async function native(): Promise<void> {
  registerOnnxRuntime();
  await tf.setBackend('onnxruntime');
}

/** Per channel, in float64: the mean and the unbiased variance. */
function statistics(values: ArrayLike<number>, channels: number): { mean: number[]; variance: number[] } {
  const count = values.length / channels;
  const mean = new Array<number>(channels).fill(0);
  const variance = new Array<number>(channels).fill(0);
  for (let i = 0; i < values.length; i++) mean[i % channels]! += values[i]! / count;
  for (let i = 0; i < values.length; i++)
    variance[i % channels]! += (values[i]! - mean[i % channels]!) ** 2 / (count - 1);
  return { mean, variance };
}

test.each([[[8, 24, 24, 64]], [[32, 3, 3, 512]], [[16, 15, 15, 24]], [[8, 16, 16, 40]], [[4096, 10]]])(
  'batch norm of %j: statistics keep their digits where the mean is a hundred deviations',
  async (shape) => {
    await native();
    const channels = shape.at(-1)!;
    const x = noise(shape, 1, 100, 1);
    const state = {
      gamma: tf.variable(tf.ones([channels])),
      beta: tf.variable(tf.zeros([channels])),
      mean: tf.variable(tf.zeros([channels])),
      variance: tf.variable(tf.zeros([channels])),
    };
    batchNorm(x, state, { training: true });
    // A momentum of 0.9 leaves a tenth of the batch's in the running statistics.
    const expected = statistics(x.dataSync(), channels);
    const tenfold = (v: tf.Tensor) => Float64Array.from(v.dataSync(), (value) => value * 10);
    expect(relativeError(tenfold(state.variance), expected.variance)).toBeLessThan(1e-5);
    expect(relativeError(tenfold(state.mean), expected.mean)).toBeLessThan(1e-6);
  },
);

// [n, h, w, c], window, padding; whole blocks or not, even or odd maps, all with many ties.
test.each([
  [[2, 8, 8, 32], 3, 1],
  [[3, 4, 10, 16], 3, 1],
  [[2, 2, 2, 16], 3, 1],
  [[2, 7, 8, 16], 3, 1],
  [[2, 8, 8, 16], 3, 0],
  [[2, 8, 6, 16], 2, 0],
  [[2, 9, 9, 16], 2, 0],
  [[2, 8, 8, 20], 3, 1],
] as const)(
  'max pooling of %j, window %i, padding %i: the first maximum gets it all',
  async (shape, k, padding) => {
    const errors = await compareBackends(() => {
      const f = (x: Tensor) => maxPool(x as Tensor4D, k, 2, padding);
      const inputs = [
        tf.round(noise([...shape], 1, 0, 1)),
        tf.relu(noise([...shape], 2, -1, 1)),
        noise([...shape], 3, -5, 2),
        tf.zeros([...shape]),
      ];
      return inputs.flatMap((x, i) => {
        const y = f(x);
        return [y, tf.grad(f)(x, noise(y.shape, 10 + i))];
      });
    });
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  },
);

test('sums and means over leading axes', async () => {
  const errors = await compareBackends(() => {
    const x = noise([32, 12, 12, 24], 1);
    return [tf.sum(x, [0, 1, 2]), tf.mean(x, [0, 1, 2], true), tf.sum(x, 0), tf.mean(x, [0, 1]), tf.sum(x)];
  });
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

test.each([[[64]], [[43]], [[512, 43]], [[7, 7, 3, 64]], [[1, 1, 64, 128]]])(
  'Adam on %j against its definition in float64',
  async (shape) => {
    await native();
    const [w, m, v] = [1, 2, 3].map((seed) => tf.variable(tf.abs(noise(shape, seed, 0, 0.1))));
    const hyper = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-5, weightDecay: 0.1, step: 3 };
    const gradient = noise(shape, 4, 0, 0.01);
    const [w0, m0, v0, g] = [w!, m!, v!, gradient].map((t) => Float64Array.from(t.dataSync())) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    adamUpdate(w!, gradient, m!, v!, adamScalars(hyper));
    const m1 = m0.map((value, i) => 0.9 * value + 0.1 * g[i]!);
    const v1 = v0.map((value, i) => 0.99 * value + 0.01 * g[i]! ** 2);
    const w1 = w0.map(
      (value, i) =>
        value * (1 - 0.001) -
        (0.01 * (m1[i]! / (1 - 0.9 ** 3))) / (Math.sqrt(v1[i]! / (1 - 0.99 ** 3)) + 1e-5),
    );
    expect(relativeError(m!.dataSync(), m1)).toBeLessThan(1e-6);
    expect(relativeError(v!.dataSync(), v1)).toBeLessThan(1e-6);
    expect(relativeError(w!.dataSync(), w1)).toBeLessThan(1e-6);
  },
);
