import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createObjective, onLabels } from '../../../electron/engine/distill/objective.ts';
import { weigh } from '../../../electron/engine/distill/distillation.ts';
import { liveTeacher } from '../../../electron/engine/distill/teacher.ts';
import { soleTeacher } from '../../../electron/engine/distill/teachers.ts';
import type { ModelOutputs } from '../../../electron/engine/models/model.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { distilling } from '../../support/distilling.ts';
import { tinyModel } from '../train/support.ts';

beforeAll(useCpuBackend);

const labels = () => tf.tensor1d([0, 1], 'int32');
const outputs = (logits: tf.Tensor2D): ModelOutputs => ({ logits, features: {}, penultimate: null });
const softmax = (row: readonly number[], t = 1) => {
  const powers = row.map((value) => Math.exp(value / t));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
const valueOf = (loss: tf.Scalar | undefined) => loss!.dataSync()[0];

test('weighs the terms by the recipe, and gives their losses in its order', () => {
  const { objective } = distilling(
    {
      labels: { weight: 0.25 },
      terms: [
        { method: 'logits', weight: 2 },
        { method: 'soft-target', temperature: 1, weight: 3 },
      ],
    },
    tinyModel(),
    tinyModel(),
  );
  const terms = objective.loss(outputs(tf.zeros([2, 3])), labels(), [outputs(tf.fill([2, 3], 3))], []);
  // Uniform answers of both: ln 3, and no divergence; squared difference of 0 and 3: 9.
  expect(valueOf(terms.labelLoss)).toBeCloseTo(Math.log(3), 5);
  expect(terms.termLosses.map(valueOf)).toEqual([9, expect.closeTo(0, 6)]);
  expect(valueOf(terms.loss)).toBeCloseTo(0.25 * Math.log(3) + 18, 4);
});

test('of a mixed batch the labels count where there are any, the teacher everywhere', () => {
  const { objective } = distilling(
    { labels: { weight: 0.5 }, terms: [{ method: 'soft-target', temperature: 2, weight: 3 }] },
    tinyModel(),
    tinyModel(),
  );
  const student = [
    [1, 0, -1],
    [0.5, 2, 0],
    [-1, 1, 3],
    [2, -2, 0],
  ];
  const teacher = [
    [2, 1, 0],
    [0, 3, -1],
    [0, 0, 4],
    [1, 1, -3],
  ];
  const label = mean([0, 1].map((i) => -Math.log(softmax(student[i]!)[i]!)));
  const divergences = student.map((row, i) => {
    const [p, q] = [softmax(teacher[i]!, 2), softmax(row, 2)];
    return 4 * p.reduce((sum, share, c) => sum + share * Math.log(share / q[c]!), 0);
  });
  const lossOf = (logits: tf.Tensor2D) =>
    objective.loss(outputs(logits), labels(), [outputs(tf.tensor2d(teacher))], []);
  const losses = lossOf(tf.tensor2d(student));
  expect(valueOf(losses.labelLoss)).toBeCloseTo(label, 5);
  expect(valueOf(losses.termLosses[0])).toBeCloseTo(mean(divergences), 5);
  expect(valueOf(losses.loss)).toBeCloseTo(0.5 * label + 3 * mean(divergences), 5);

  // By hand: weight * (p - onehot) / 2 on the labelled rows, weight * T * (q - p) / 4 on all.
  const gradient = tf.grad((logits) => lossOf(logits as tf.Tensor2D).loss)(tf.tensor2d(student));
  const expected = student.flatMap((row, i) =>
    row.map((_, c) => {
      const ofLabel = i < 2 ? (0.5 * (softmax(row)[c]! - (c === i ? 1 : 0))) / 2 : 0;
      return ofLabel + (3 * 2 * (softmax(row, 2)[c]! - softmax(teacher[i]!, 2)[c]!)) / 4;
    }),
  );
  for (const [i, value] of gradient.dataSync().entries()) expect(value).toBeCloseTo(expected[i]!, 5);
});

test('a weight on a schedule is fed anew in each epoch', () => {
  const { objective } = distilling(
    {
      labels: { weight: 1 },
      terms: [{ method: 'logits', weight: { schedule: 'linear', from: 2, to: 0, epochs: 3 } }],
    },
    tinyModel(),
    tinyModel(),
    { epochs: 5 },
  );
  const lossIn = (epoch: number) =>
    valueOf(
      objective.loss(
        outputs(tf.zeros([2, 3])),
        labels(),
        [outputs(tf.fill([2, 3], 3))],
        objective.scheduledWeights(epoch),
      ).loss,
    )! - Math.log(3);
  for (const [epoch, weight] of [2, 1, 0, 0, 0].entries())
    expect(lossIn(epoch + 1)).toBeCloseTo(9 * weight, 4);
});

test('without a teacher only the labels count', () => {
  const objective = onLabels();
  expect(objective.terms).toBe(0);
  expect(
    objective.teacherOutputs([tf.zeros([2, 8, 8, 3])], { indices: new Int32Array(2), epoch: 1 }),
  ).toEqual([]);
  const terms = objective.loss(outputs(tf.zeros([2, 3])), labels(), [], []);
  expect(valueOf(terms.loss)).toBeCloseTo(Math.log(3), 5);
  expect(terms.termLosses).toEqual([]);
});

test('without terms the labels keep their weight, and no teacher is asked', () => {
  const { objective } = distilling({ labels: { weight: 0.5 }, terms: [] }, tinyModel(), tinyModel());
  expect(
    objective.teacherOutputs([tf.zeros([2, 8, 8, 3])], { indices: new Int32Array(2), epoch: 1 }),
  ).toEqual([]);
  expect(valueOf(objective.loss(outputs(tf.zeros([2, 3])), labels(), [], []).loss)).toBeCloseTo(
    Math.log(3) / 2,
    5,
  );
});

test('a teacher of other classes is refused with both numbers where logits are compared', () => {
  const { objective } = distilling({}, tinyModel(), tinyModel());
  const compare = (one: typeof objective) =>
    one.loss(outputs(tf.zeros([2, 4])), labels(), [outputs(tf.zeros([2, 3]))], []);
  expect(() => compare(objective)).toThrow(/3 outputs and the student 4/);
  const teacher = tinyModel();
  const needs = { logits: false, features: [], penultimate: true };
  const term = { needs: { student: needs, teacher: needs }, parameters: [], loss: () => tf.scalar(1) };
  const distillation = weigh(1, [{ term, weight: 1 }]);
  const other = createObjective({
    distillation,
    teachers: soleTeacher(liveTeacher(teacher)),
    labelSmoothing: 0,
    epochs: 1,
  });
  expect(valueOf(compare(other).loss)).toBeCloseTo(Math.log(4) + 1, 5);
});

test('a teacher of some classes counts on their images and columns alone', () => {
  // Of classes 0, 1 and 2 it knows 0 and 2. The labels are 0 and 1; the third image has none.
  const teacher = { ...tinyModel(), covers: [0, 2] };
  const { objective } = distilling(
    {
      labels: { weight: 0 },
      terms: [
        { method: 'soft-target', temperature: 2, weight: 1 },
        { method: 'logits', weight: 1 },
      ],
    },
    tinyModel(),
    teacher,
  );
  const student = [
    [1, 5, -1],
    [0.5, 2, 0],
    [-1, 1, 3],
  ];
  const known = [
    [2, 0],
    [9, 9],
    [0, 4],
  ];
  const lossOf = (logits: tf.Tensor2D, given = labels()) =>
    objective.loss(
      outputs(logits),
      given,
      [outputs(tf.tensor2d(known.map(([a, b]) => [a!, -65504, b!])))],
      [],
    );
  const rows = [0, 2];
  const pairs = rows.map((row) => ({
    p: softmax(known[row]!, 2),
    q: softmax([student[row]![0]!, student[row]![2]!], 2),
  }));
  const [soft, squared] = lossOf(tf.tensor2d(student)).termLosses.map(valueOf);
  expect(soft).toBeCloseTo(
    mean(pairs.map(({ p, q }) => 4 * p.reduce((sum, share, c) => sum + share * Math.log(share / q[c]!), 0))),
    5,
  );
  // (1 - 2)^2, (-1 - 0)^2, (-1 - 0)^2, (3 - 4)^2
  expect(squared).toBeCloseTo(1, 6);
  // T * (q - p) / 2 images + 2 * (student - teacher) / 4 values, of the known classes.
  const gradient = tf.grad((logits) => lossOf(logits as tf.Tensor2D).loss)(tf.tensor2d(student));
  const expected = student.flatMap((row, i) => {
    const at = rows.indexOf(i);
    if (at < 0) return [0, 0, 0];
    const { p, q } = pairs[at]!;
    const by = [0, 1].map((c) => q[c]! - p[c]! + (row[2 * c]! - known[i]![c]!) / 2);
    return [by[0]!, 0, by[1]!];
  });
  for (const [i, value] of gradient.dataSync().entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  // Of a batch without such an image nothing is learned.
  const none = tf.tensor1d([1, 1, 1], 'int32');
  expect(lossOf(tf.tensor2d(student), none).termLosses.map(valueOf)).toEqual([0, 0]);
  const still = tf.grad((logits) => lossOf(logits as tf.Tensor2D, none).loss)(tf.tensor2d(student));
  expect([...still.dataSync()].every((value) => value === 0)).toBe(true);
});

test('teachers of different parts of the classes are refused', () => {
  const members = [{ covers: [0, 2] }, {}].map((part) => ({
    source: liveTeacher({ ...tinyModel(), ...part }),
    view: 0,
  }));
  const teachers = { average: 'logits' as const, shares: [0.5, 0.5], members };
  const terms = [{ method: 'logits', weight: 1 }];
  expect(() => distilling({ terms }, tinyModel(), tinyModel(), { teachers })).toThrow(/different parts/);
});
