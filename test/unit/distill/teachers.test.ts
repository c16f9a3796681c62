import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Averaging } from '../../../electron/contract/recipe/averaging.ts';
import { createObjective } from '../../../electron/engine/distill/objective.ts';
import { weigh } from '../../../electron/engine/distill/distillation.ts';
import { logits } from '../../../electron/engine/distill/logits.ts';
import { softTarget } from '../../../electron/engine/distill/soft-target.ts';
import type { TeacherSource } from '../../../electron/engine/distill/teacher.ts';
import { mixOutputs, soleTeacher, type Teachers } from '../../../electron/engine/distill/teachers.ts';
import { mixLogits } from '../../../electron/engine/models/mixed-logits.ts';
import type { ModelOutputs } from '../../../electron/engine/models/model.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';

beforeAll(useCpuBackend);

const student = [
  [1, -2, 0.5, 3],
  [0, 4, -1, 2],
];
const both = [
  [
    [6, -3, 1, 2],
    [-2, 5, 0, 1],
  ],
  [
    [-1, 0, 2, 7],
    [1, 1, 3, -4],
  ],
];
const shares = [0.7, 0.3];

const outputs = (rows: tf.Tensor2D): ModelOutputs => ({ logits: rows, features: {}, penultimate: null });
const source: TeacherSource = {
  live: true,
  variables: [],
  outputs: () => outputs(tf.zeros([2, 4])),
  dispose: () => undefined,
};
const teachers = (average: Averaging): Teachers => ({
  average,
  shares,
  members: both.map(() => ({ source, view: 0 })),
});

/**
 * PyTorch 2.13 in float64: s, t[k], w as above; for averaged probabilities
 *   p = sum(w[k] * softmax(t[k] / T, 1)), the target of "logits" log(sum(w[k] * softmax(t[k], 1)));
 * for averaged logits
 *   p = softmax(sum(w[k] * t[k]) / T, 1), the target of "logits" sum(w[k] * t[k]);
 *   T * T * kl_div(log_softmax(s / T, 1), p, reduction='batchmean'), mse_loss(s, target), and their gradients by s.
 */
const reference: readonly [Averaging, 1 | 4 | 'logits', number, number[]][] = [
  [
    'probabilities',
    1,
    0.8418716039496705,
    [
      -0.286177507, 0.002574242, 0.030224069, 0.253379196, -0.008383645, 0.073783358, -0.117358534,
      0.051958821,
    ],
  ],
  [
    'probabilities',
    4,
    1.0915944461002214,
    [-0.346890347, 0.086776841, 0.105189156, 0.15492435, 0.039880534, -0.033669423, -0.21734224, 0.211131129],
  ],
  [
    'probabilities',
    'logits',
    19.53824536428135,
    [0.345348502, 1.485381925, 1.379940417, 1.042691354, 0.856234165, 1.084143387, 0.106234165, 1.591309929],
  ],
  [
    'logits',
    1,
    0.388781606726877,
    [
      -0.230916191, 0.002042672, 0.012270536, 0.216602982, 0.004431842, -0.033777414, -0.022664185,
      0.052009757,
    ],
  ],
  [
    'logits',
    4,
    0.8161751747060508,
    [-0.255160867, 0.067572531, 0.04685854, 0.140729797, 0.048214314, -0.059074547, -0.20360216, 0.214462393],
  ],
  ['logits', 'logits', 2.5525, [-0.725, 0.025, -0.2, -0.125, 0.275, 0.05, -0.475, 0.625]],
];

describe('two teachers of unequal weight, as PyTorch has it', () => {
  test.each(reference)('average of %s, T = %s', (average, temperature, value, gradient) => {
    const term = temperature === 'logits' ? logits() : softTarget({ temperature, standardise: false });
    const objective = createObjective({
      distillation: weigh(0, [{ term, weight: 1 }]),
      teachers: teachers(average),
      labelSmoothing: 0,
      epochs: 1,
    });
    const given = both.map((rows) => outputs(tf.tensor2d(rows)));
    const lossOf = (rows: tf.Tensor) =>
      objective.loss(outputs(rows as tf.Tensor2D), tf.tensor1d([0, 1], 'int32'), given, []).loss;
    const found = tf.valueAndGrad(lossOf)(tf.tensor2d(student));
    expect(found.value.dataSync()[0]).toBeCloseTo(value, 4);
    for (const [i, slope] of found.grad.dataSync().entries()) expect(slope).toBeCloseTo(gradient[i]!, 5);
  });
});

test('logits that are far apart stay finite', () => {
  const far = [tf.tensor2d([[800, -800]]), tf.tensor2d([[-800, 800]])];
  const mixed = mixLogits(far, { average: 'probabilities', shares: [0.75, 0.25] }, 1);
  // 1 * log(3 / 4) and log(1 / 4).
  for (const [i, value] of mixed.dataSync().entries())
    expect(value).toBeCloseTo(Math.log([0.75, 0.25][i]!), 5);
});

test("one teacher's outputs are taken as they are; features of several are refused", () => {
  const one = outputs(tf.zeros([2, 4]));
  expect(mixOutputs([one], soleTeacher(source), 4)).toBe(one);
  const withVector = { ...one, penultimate: tf.zeros<tf.Rank.R2>([2, 3]) };
  expect(() => mixOutputs([one, withVector], teachers('logits'), 1)).toThrow(/cannot be averaged/);
  expect(() => mixOutputs([], soleTeacher(source), 1)).toThrow(/missing/);
});

test('each teacher sees its own view; the live ones are asked within the step', () => {
  const seen: string[] = [];
  const watching = (name: string, live: boolean): TeacherSource => ({
    ...source,
    live,
    outputs: (images) => {
      seen.push(`${name} ${images.shape[1]}`);
      return outputs(tf.zeros([1, 4]));
    },
  });
  const objective = createObjective({
    distillation: weigh(0, [{ term: logits(), weight: 1 }]),
    teachers: {
      average: 'logits',
      shares: [0.5, 0.25, 0.25],
      members: [
        { source: watching('stored', false), view: 2 },
        { source: watching('live', true), view: 1 },
        { source: watching('alike', true), view: 0 },
      ],
    },
    labelSmoothing: 0,
    epochs: 1,
  });
  const views = [8, 16, 24].map((size) => tf.zeros<tf.Rank.R4>([1, size, size, 3]));
  const place = { indices: new Int32Array(1), epoch: 1 };
  expect(objective.liveViews).toEqual([1]);
  const given = objective.givenOutputs(views, place);
  expect(seen).toEqual(['stored 24']);
  expect(objective.teacherOutputs(views, place, given)).toHaveLength(3);
  expect(seen).toEqual(['stored 24', 'live 16', 'alike 8']);
});
