import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { fit } from '../../../electron/engine/train/fit.ts';
import { decayAt, WeightAverage } from '../../../electron/engine/train/weight-average.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { relativeError } from '../../support/backends.ts';
import { distilling } from '../../support/distilling.ts';
import { bits, epochEvents, tinyFit, tinyModel } from './support.ts';

beforeAll(useCpuBackend);

const training = { stages: [{ epochs: 3, learningRate: 0.02 }], ema: { decay: 0.6 } };

/** Averages in float64 of what a network was after each step, by timm's decay. */
function averagesOf(steps: readonly Record<string, number[]>[], decay: number): Record<string, number[]> {
  return steps.reduce((averages, now, i) => {
    const kept = Math.min(decay, 1 - (i + 1) ** (-2 / 3));
    return Object.fromEntries(
      Object.entries(now).map(([name, values]) => [
        name,
        values.map((value, at) => kept * (averages[name]?.[at] ?? 0) + (1 - kept) * value),
      ]),
    );
  }, {});
}

test('the decay begins at 0 and rises to what was asked for', () => {
  // timm's ModelEmaV3 with use_warmup: 1 - (1 + step) ** (-2 / 3), at steps 0, 7 and 999.
  expect(decayAt(1, 0.9)).toBe(0);
  expect(decayAt(8, 0.9)).toBeCloseTo(0.75, 12);
  expect(decayAt(1000, 0.999)).toBeCloseTo(0.99, 12);
  expect(decayAt(1000, 0.9)).toBe(0.9);
});

test.each([true, false])('the averages are what is kept and scored (validation: %s)', async (validated) => {
  const model = tinyModel();
  const steps: Record<string, number[]>[] = [];
  const shown: Record<string, number[]>[] = [];
  const { options, events } = tinyFit(model, training, {
    ...(validated ? {} : { validation: null }),
    callbacks: [
      {
        afterStep: () => void steps.push(bits(model)),
        afterEpoch: () => void shown.push(bits(model)),
      },
    ],
  });
  const { numTensors } = tf.memory();
  const { bestEpoch } = await fit(options);
  expect(tf.memory().numTensors).toBe(numTensors);
  const perEpoch = [3, 6, 9].map((count) => averagesOf(steps.slice(0, count), 0.6));
  for (const [epoch, expected] of perEpoch.entries())
    for (const [name, values] of Object.entries(expected))
      values.forEach((value, at) => expect(shown[epoch]![name]![at]! - value).toBeCloseTo(0, 5));
  expect(bits(model)).toEqual(shown[bestEpoch - 1]);
  // The training itself goes on with the weights: they are those of one without an average.
  const plain = tinyModel();
  const others: Record<string, number[]>[] = [];
  const { options: without, events: their } = tinyFit(
    plain,
    { stages: training.stages },
    {
      ...(validated ? {} : { validation: null }),
      callbacks: [{ afterStep: () => void others.push(bits(plain)) }],
    },
  );
  await fit(without);
  expect(steps).toEqual(others);
  const scores = [events, their].map((some) => epochEvents(some).map(({ validation }) => validation?.loss));
  if (validated) expect(scores[0]).not.toEqual(scores[1]);
});

test('what does not change stays what it is, to the bit', () => {
  const value = tf.variable(tf.tensor1d([0.1, 1 / 3, -1e-7]));
  const average = new WeightAverage([{ name: 'w', variable: value }], 0.9);
  for (let i = 0; i < 20; i++) {
    const { scalars, apply } = average.prepare();
    apply();
    tf.dispose([...scalars]);
  }
  const before = value.dataSync().slice();
  average.beforeValidation();
  expect(value.dataSync()).toEqual(before);
  average.afterEpoch();
  average.dispose();
  value.dispose();
});

test("a reused classifier's layer is averaged with the projection that it stands for", async () => {
  const model = tinyModel(1);
  const teacher = tinyModel(2, { width: 8 });
  const recipe = { labels: { weight: 1 }, terms: [{ method: 'reused-classifier' }] };
  const { objective, distillation } = distilling(recipe, model, teacher, { epochs: 3 });
  const [projection, classifier, layer] = [...objective.parameters, teacher, model].map((one) =>
    'variable' in one ? one.variable : one.parameters.at(-1)!.variable,
  );
  const compared: [Float32Array, Float32Array][] = [];
  // Where the averages still stand in for the weights.
  const afterEpoch = () =>
    tf.tidy(() => {
      const folded: tf.Tensor = tf.matMul(projection!, classifier!);
      compared.push([layer!.dataSync<'float32'>().slice(), folded.dataSync<'float32'>().slice()]);
    });
  const { options } = tinyFit(model, training, { objective, callbacks: [{ afterEpoch }] });
  await fit(options);
  distillation.dispose();
  expect(compared).toHaveLength(3);
  for (const [found, folded] of compared) expect(relativeError(found, folded)).toBeLessThan(1e-5);
});
