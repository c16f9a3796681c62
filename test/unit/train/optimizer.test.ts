import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  type OptimizerOf,
  type OptimizerRecipe,
  optimizerSchema,
} from '../../../electron/contract/optimizers.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { clipByGlobalNorm } from '../../../electron/engine/train/clip.ts';
import { Optimizer, type StepHyper } from '../../../electron/engine/train/optimizer.ts';
import type { Parameter } from '../../../electron/engine/models/model.ts';

beforeAll(useCpuBackend);

const [adamw, sgd] = (['adamw', 'sgd'] as const).map((name) => optimizerSchema.parse({ name })) as [
  OptimizerOf<'adamw'>,
  OptimizerOf<'sgd'>,
];

function parameter(name: string, kind: Parameter['kind'], group: number, value: number): Parameter {
  return { name, kind, group, variable: tf.tidy(() => tf.variable(tf.tensor1d([value]))) };
}

const gradientOf = (step: number, i: number) => Math.sin(3 * step + i) * 10 ** (i - 1);

function take(optimizer: Optimizer, parameters: readonly Parameter[], step: number, hyper: StepHyper): void {
  tf.tidy(() => {
    const gradients = parameters.map(
      ({ variable }, i) => [variable.name, tf.tensor1d([gradientOf(step, i)])] as const,
    );
    optimizer.apply(Object.fromEntries(gradients), hyper);
  });
}

/** PyTorch's values in float64, three weights after each of 20 steps, of which the last does not decay. */
const expected = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../fixtures/training/torch.json'), 'utf8'),
) as { optimizers: Record<string, [number, number, number][]> };

/** As make.py beside the values has it. */
const cycled = (step: number) => 0.95 - step / 200;

test.each<[string, OptimizerRecipe, (step: number) => number]>([
  ["adamw, torch's defaults", { ...adamw, beta2: 0.999, epsilon: 1e-8 }, () => 0.9],
  ["adamw, fastai's defaults", adamw, cycled],
  ['sgd', sgd, () => 0.9],
  ['sgd, much decay, momentum cycled', { ...sgd, weightDecay: 0.1 }, cycled],
  ['sgd, Nesterov', { ...sgd, weightDecay: 0.1, nesterov: true }, cycled],
  ['sgd, no momentum', { ...sgd, weightDecay: 0.1 }, () => 0],
])('20 steps of %s are those of PyTorch', (name, settings, momentum) => {
  const parameters = [
    parameter('conv', 'conv', 0, 1),
    parameter('linear', 'linear', 1, -2),
    parameter('bias', 'bias', 0, 0.5),
  ];
  const optimizer = new Optimizer(parameters, settings);
  for (let step = 1; step <= 20; step++) {
    take(optimizer, parameters, step, { learningRates: [0.1 / step, 0.1 / step], momentum: momentum(step) });
    for (const [i, { variable }] of parameters.entries())
      expect(variable.dataSync()[0]! / expected.optimizers[name]![step - 1]![i]!).toBeCloseTo(1, 5);
  }
  optimizer.dispose();
});

test('each group has its own rate, adapters the last one, and norms and biases do not decay', () => {
  for (const settings of [adamw, sgd]) {
    const parameters = [
      parameter('conv', 'conv', 0, 1),
      parameter('norm', 'norm', 0, 1),
      parameter('linear', 'linear', 1, 1),
      parameter('adapter', 'bias', -1, 1),
    ];
    const optimizer = new Optimizer(parameters, { ...settings, weightDecay: 0.5 });
    const none = Object.fromEntries(parameters.map(({ variable }) => [variable.name, tf.tensor1d([0])]));
    optimizer.apply(none, { learningRates: [0.1, 0.01], momentum: 0.9 });
    // Without a gradient only the decay moves a weight: by rate x decay.
    const left = [1 - 0.1 * 0.5, 1, 1 - 0.01 * 0.5, 1];
    parameters.forEach(({ variable }, i) => expect(variable.dataSync()[0]).toBeCloseTo(left[i]!, 6));
    optimizer.apply(
      { [parameters[3]!.variable.name]: tf.tensor1d([1]) },
      { learningRates: [0.1, 0.01], momentum: 0.9 },
    );
    expect(1 - parameters[3]!.variable.dataSync()[0]!).toBeCloseTo(0.01, 2);
    optimizer.dispose();
  }
});

test('a parameter without a gradient keeps its value, moments and count', async () => {
  const [frozen, free] = [parameter('frozen', 'conv', 0, 1), parameter('free', 'conv', 1, 1)];
  const adam = new Optimizer([frozen, free], adamw);
  const hyper = { learningRates: [0.1, 0.1], momentum: 0.9 };
  const gradient = tf.tensor1d([1]);
  adam.apply({ [frozen.variable.name]: gradient, [free.variable.name]: gradient }, hyper);
  const before = frozen.variable.dataSync()[0];
  adam.apply({ [free.variable.name]: gradient }, hyper);
  expect(frozen.variable.dataSync()[0]).toBe(before);
  expect((await adam.save()).values).toEqual({ frozen: 1, free: 2 });
});

test.each([adamw, sgd])(
  '$name goes on from its saved state as if it had never stopped, and leaves nothing behind',
  async (settings) => {
    const run = async (interrupted: boolean) => {
      const weight = parameter('w', 'linear', 0, 1);
      let optimizer = new Optimizer([weight], settings);
      for (let step = 1; step <= 6; step++) {
        take(optimizer, [weight], step, { learningRates: [0.1], momentum: 0.9 });
        if (interrupted && step === 3) {
          const saved = await optimizer.save();
          optimizer.dispose();
          optimizer = new Optimizer([weight], settings);
          optimizer.load(saved);
        }
      }
      optimizer.dispose();
      const value = weight.variable.dataSync()[0];
      weight.variable.dispose();
      return value;
    };
    const before = tf.memory().numTensors;
    expect(await run(true)).toBe(await run(false));
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('clipping scales all gradients by one number, and only above the limit', () => {
  const gradients = { a: tf.tensor1d([3, 0]), b: tf.tensor2d([[4]]) };
  const clipped = clipByGlobalNorm(gradients, 1);
  expect([...clipped['a']!.dataSync()][0]).toBeCloseTo(0.6, 6);
  expect([...clipped['b']!.dataSync()][0]).toBeCloseTo(0.8, 6);
  expect([...clipByGlobalNorm(gradients, 6)['b']!.dataSync()]).toEqual([4]);
});
