import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { adamScalars, adamUpdate } from '../../../electron/engine/backend/ops/adam.ts';
import { nonlinear, type Nonlinearity } from '../../../electron/engine/backend/ops/activation.ts';
import { type Activation, batchNorm } from '../../../electron/engine/backend/ops/batch-norm.ts';
import {
  addBias,
  gateChannels,
  scaleChannels,
  shuffleChannels,
} from '../../../electron/engine/backend/ops/channels.ts';
import { conv2d } from '../../../electron/engine/backend/ops/convolution.ts';
import { layerNorm } from '../../../electron/engine/backend/ops/layer-norm.ts';
import { crossEntropy, softTargets } from '../../../electron/engine/backend/ops/losses.ts';
import { globalAveragePool } from '../../../electron/engine/backend/ops/pooling.ts';
import { compareBackends, noise } from '../../support/backends.ts';

const state = (channels: number) => ({
  gamma: tf.variable(noise([channels], 5, 1, 0.3)),
  beta: tf.variable(noise([channels], 6)),
  mean: tf.variable(noise([channels], 7)),
  variance: tf.variable(tf.abs(noise([channels], 8, 1, 0.1))),
});

const shapes = [
  [4, 6, 6, 32],
  [4, 3, 3, 32],
  [4, 5, 5, 20],
  [8, 24],
] as const;
const activations: Activation[] = ['none', 'relu', 'relu6'];
const cases = shapes.flatMap((shape) =>
  activations.flatMap((activation) => [true, false].map((skip) => [shape, activation, skip] as const)),
);

test.each(cases)(
  'batch norm of %j, %s, shortcut %s: values, statistics and gradients',
  async (shape, activation, skip) => {
    const errors = await compareBackends(() => {
      const channels = shape.at(-1)!;
      const s = state(channels);
      // A mean far from zero: one-pass variance would lose its digits.
      const x = noise([...shape], 1, 30, 2);
      const shortcut = noise([...shape], 2, 2, 3);
      const f = (a: Tensor, b: Tensor) =>
        batchNorm(a, s, { training: true, activation, skip: skip ? b : undefined });
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.mul(f(x, shortcut), noise([...shape], 3))).asScalar(),
        [s.gamma, s.beta],
      );
      const inputs = skip ? [x, shortcut] : [x];
      const dx = tf.grads((...args: Tensor[]) => f(args[0]!, args[1] ?? shortcut))(
        inputs,
        noise([...shape], 4),
      );
      const inference = batchNorm(x, s, { training: false, activation, skip: skip ? shortcut : undefined });
      return [
        f(x, shortcut),
        value,
        ...Object.values(grads),
        ...dx,
        inference,
        s.mean.clone(),
        s.variance.clone(),
      ];
    });
    expect(Math.max(...errors)).toBeLessThan(2e-4);
  },
);

const nonlinearities: Nonlinearity[] = ['hard-swish', 'hard-sigmoid', 'sigmoid', 'silu', 'gelu'];

test.each(nonlinearities)('%s: value and gradient, plain and blocked', async (kind) => {
  const errors = await compareBackends(() => {
    // To both sides of where hard-swish bends.
    const x = noise([4, 6, 6, 32], 1, 0, 3) as Tensor4D;
    const filter = noise([1, 1, 32, 32], 2, 0, 0.3) as Tensor4D;
    const behindConvolution = (a: Tensor) => nonlinear(conv2d(a as Tensor4D, filter, 1, 0), kind);
    return [(a: Tensor) => nonlinear(a, kind), behindConvolution].flatMap((f) => [
      f(x),
      tf.grad(f)(x, noise([4, 6, 6, 32], 3)),
    ]);
  });
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

test.each([
  [4, 6, 6, 32],
  [4, 5, 5, 20],
])(
  'biases, scales and gates of channels, layer norm: values and gradients of [%d,%d,%d,%d]',
  async (...shape) => {
    const errors = await compareBackends(() => {
      const [n, , , c] = shape;
      const x = noise(shape, 1, 1, 2) as Tensor4D;
      const filter = noise([1, 1, c, c], 2, 0, 0.3) as Tensor4D;
      const vector = tf.variable(noise([c], 5, 1, 0.3));
      const second = tf.variable(noise([c], 6));
      const gates = noise([n, c], 7) as Tensor2D;
      const weights = noise(shape, 3);
      const functions = [
        (a: Tensor4D) => addBias(a, vector),
        (a: Tensor4D) => addBias(a, vector, 'relu'),
        (a: Tensor4D) => addBias(conv2d(a, filter, 1, 0), vector, 'relu'),
        (a: Tensor4D) => scaleChannels(a, vector),
        (a: Tensor4D) => gateChannels(a, gates),
        (a: Tensor4D) => layerNorm(a, vector, second, 1e-6),
        (a: Tensor4D) => shuffleChannels(a, 4),
      ];
      const results = functions.flatMap((f) => {
        const dx = tf.grad((a: Tensor) => f(a as Tensor4D))(x, weights);
        // Not every function has parameters; those of the others are 0.
        const { grads } = tf.variableGrads(() =>
          tf.sum(tf.mul(f(scaleChannels(x, vector)), weights)).asScalar(),
        );
        return [f(x), dx, ...Object.values(grads)];
      });
      const gateGradient = tf.grad((g: Tensor) => gateChannels(x, g as Tensor2D))(gates, weights);
      return [...results, gateGradient];
    });
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  },
);

test('cross-entropy and soft targets: values and gradients', async () => {
  const errors = await compareBackends(() => {
    const logits = noise([16, 43], 1, 0, 3) as Tensor2D;
    const teacher = noise([16, 43], 2, 0, 3) as Tensor2D;
    const labels = tf.range(0, 16, 1, 'int32');
    const losses = [
      (x: Tensor) => crossEntropy(labels, x as Tensor2D),
      (x: Tensor) => crossEntropy(labels, x as Tensor2D, 0.1),
      (x: Tensor) => softTargets(x as Tensor2D, teacher, 4),
      (x: Tensor) =>
        tf.add(
          tf.mul(softTargets(x as Tensor2D, teacher, 20), 1.4),
          tf.mul(crossEntropy(labels, x as Tensor2D), 0.3),
        ),
    ];
    return losses.flatMap((loss) => [loss(logits), tf.grad(loss)(logits)]);
  });
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

test('global average pooling of blocked and plain maps', async () => {
  const errors = await compareBackends(() => {
    const f = (x: Tensor, w: Tensor) => globalAveragePool(conv2d(x as Tensor4D, w as Tensor4D, 1, 1));
    const x = noise([2, 6, 6, 16], 1);
    const w = noise([3, 3, 16, 16], 2);
    return [f(x, w), globalAveragePool(x as Tensor4D), ...tf.grads(f)([x, w], noise([2, 16], 3))];
  });
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

test('Adam moves weights and moments alike', async () => {
  const errors = await compareBackends(() => {
    const [w, m, v] = [1, 2, 3].map((seed) => tf.variable(tf.abs(noise([3, 3, 16, 16], seed))));
    for (let step = 1; step <= 3; step++) {
      const hyper = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-5, weightDecay: 0.1, step };
      adamUpdate(w!, noise([3, 3, 16, 16], 10 + step), m!, v!, adamScalars(hyper));
    }
    return [w!.clone(), m!.clone(), v!.clone()];
  });
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

test('a blocked tensor reads, slices and reshapes as its plain values', async () => {
  const errors = await compareBackends(() => {
    const y = conv2d(noise([2, 6, 6, 16], 1) as Tensor4D, noise([3, 3, 16, 16], 2) as Tensor4D, 1, 1);
    const z = tf.add(y, y);
    return [
      tf.slice(y, [0, 1, 1, 3], [2, 2, 2, 7]),
      tf.reshape(z, [4, -1]),
      tf.transpose(y, [0, 3, 1, 2]),
      tf.clone(y),
    ];
  });
  expect(Math.max(...errors)).toBeLessThan(1e-6);
});

test('nothing is left behind by a step, and pooled memory is reused', async () => {
  await compareBackends(() => [tf.scalar(1)]);
  const step = () =>
    tf.tidy(() => {
      const x = noise([4, 8, 8, 16], 1);
      const w = noise([3, 3, 16, 16], 2);
      const f = (a: Tensor, b: Tensor) => tf.relu(conv2d(a as Tensor4D, b as Tensor4D, 1, 1));
      tf.grads(f)([x, w], noise([4, 8, 8, 16], 3));
    });
  step();
  const backend = tf.backend() as unknown as { pool: { bytes: number } };
  const [tensors, bytes] = [tf.memory().numTensors, backend.pool.bytes];
  for (let i = 0; i < 5; i++) step();
  expect(tf.memory().numTensors).toBe(tensors);
  expect(backend.pool.bytes).toBe(bytes);
  const label: Tensor1D = tf.tensor1d([1, 2]);
  expect([...label.dataSync()]).toEqual([1, 2]);
});
