import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { clipByGlobalNorm } from '../../../electron/engine/train/clip.ts';
import { Adam } from '../../../electron/engine/train/optimizer.ts';
import type { Parameter } from '../../../electron/engine/models/model.ts';

beforeAll(useCpuBackend);

const settings = { beta2: 0.99, epsilon: 1e-5, weightDecay: 0.1 };

function parameter(name: string, kind: Parameter['kind'], group: number, value: number): Parameter {
  return { name, kind, group, variable: tf.tidy(() => tf.variable(tf.tensor1d([value]))) };
}

const gradientOf = (step: number, i: number) => Math.sin(3 * step + i) * 10 ** (i - 1);

/** In double precision, from the formula in Kingma & Ba with decoupled decay. */
function reference(
  steps: number,
  i: number,
  start: number,
  decay: number,
  rate: (step: number) => number,
  beta1: number,
) {
  let [w, m, v] = [start, 0, 0];
  for (let t = 1; t <= steps; t++) {
    const g = gradientOf(t, i);
    m = beta1 * m + (1 - beta1) * g;
    v = 0.99 * v + 0.01 * g * g;
    w -= rate(t) * decay * w;
    w -= (rate(t) * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - 0.99 ** t)) + 1e-5);
  }
  return w;
}

test('follows Adam in double precision, with a rate for each group and decay on weights only', () => {
  const parameters = [
    parameter('conv', 'conv', 0, 1),
    parameter('norm', 'norm', 0, 1),
    parameter('linear', 'linear', 1, -2),
    parameter('bias', 'bias', 1, 0.5),
    // An adapter has the last group's rate.
    parameter('adapter', 'bias', -1, 0.5),
  ];
  const adam = new Adam(parameters, settings);
  for (let step = 1; step <= 20; step++) {
    tf.tidy(() => {
      const gradients = parameters.map(
        ({ variable }, i) => [variable.name, tf.tensor1d([gradientOf(step, i)])] as const,
      );
      adam.apply(Object.fromEntries(gradients), { learningRates: [0.01 / step, 0.1 / step], momentum: 0.9 });
    });
  }
  const expected = [
    reference(20, 0, 1, 0.1, (t) => 0.01 / t, 0.9),
    reference(20, 1, 1, 0, (t) => 0.01 / t, 0.9),
    reference(20, 2, -2, 0.1, (t) => 0.1 / t, 0.9),
    reference(20, 3, 0.5, 0, (t) => 0.1 / t, 0.9),
    reference(20, 4, 0.5, 0, (t) => 0.1 / t, 0.9),
  ];
  for (const [i, { variable }] of parameters.entries()) {
    expect(variable.dataSync()[0]! / expected[i]! - 1).toBeLessThan(1e-5);
    expect(variable.dataSync()[0]! / expected[i]! - 1).toBeGreaterThan(-1e-5);
  }
});

test('a parameter without a gradient keeps its value, moments and count', async () => {
  const [frozen, free] = [parameter('frozen', 'conv', 0, 1), parameter('free', 'conv', 1, 1)];
  const adam = new Adam([frozen, free], settings);
  const hyper = { learningRates: [0.1, 0.1], momentum: 0.9 };
  const gradient = tf.tensor1d([1]);
  adam.apply({ [frozen.variable.name]: gradient, [free.variable.name]: gradient }, hyper);
  const before = frozen.variable.dataSync()[0];
  adam.apply({ [free.variable.name]: gradient }, hyper);
  expect(frozen.variable.dataSync()[0]).toBe(before);
  expect((await adam.save()).values).toEqual({ frozen: 1, free: 2 });
});

test('goes on from its saved state as if it had never stopped, and leaves nothing behind', async () => {
  const run = async (interrupted: boolean) => {
    const weight = parameter('w', 'linear', 0, 1);
    let adam = new Adam([weight], settings);
    for (let step = 1; step <= 6; step++) {
      tf.tidy(() =>
        adam.apply(
          { [weight.variable.name]: tf.tensor1d([gradientOf(step, 1)]) },
          { learningRates: [0.1], momentum: 0.9 },
        ),
      );
      if (interrupted && step === 3) {
        const saved = await adam.save();
        adam.dispose();
        adam = new Adam([weight], settings);
        adam.load(saved);
      }
    }
    adam.dispose();
    const value = weight.variable.dataSync()[0];
    weight.variable.dispose();
    return value;
  };
  const before = tf.memory().numTensors;
  expect(await run(true)).toBe(await run(false));
  expect(tf.memory().numTensors).toBe(before);
});

test('clipping scales all gradients by one number, and only above the limit', () => {
  const gradients = { a: tf.tensor1d([3, 0]), b: tf.tensor2d([[4]]) };
  const clipped = clipByGlobalNorm(gradients, 1);
  expect([...clipped['a']!.dataSync()][0]).toBeCloseTo(0.6, 6);
  expect([...clipped['b']!.dataSync()][0]).toBeCloseTo(0.8, 6);
  expect([...clipByGlobalNorm(gradients, 6)['b']!.dataSync()]).toEqual([4]);
});
