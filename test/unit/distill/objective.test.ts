import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createObjective, onLabels } from '../../../electron/engine/distill/objective.ts';
import { weigh } from '../../../electron/engine/distill/distillation.ts';
import { liveTeacher } from '../../../electron/engine/distill/teacher.ts';
import type { ModelOutputs } from '../../../electron/engine/models/model.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { distilling } from '../../support/distilling.ts';
import { tinyModel } from '../train/support.ts';

beforeAll(useCpuBackend);

const labels = () => tf.tensor1d([0, 1], 'int32');
const outputs = (logits: tf.Tensor2D): ModelOutputs => ({ logits, features: {}, penultimate: null });
const valueOf = (loss: tf.Scalar | undefined) => loss!.dataSync()[0];

test('weighs the terms as the recipe says, and gives their losses in its order', () => {
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
  const terms = objective.loss(outputs(tf.zeros([2, 3])), labels(), outputs(tf.fill([2, 3], 3)), []);
  // Uniform answers of both: ln 3, and no divergence; squared difference of 0 and 3: 9.
  expect(valueOf(terms.labelLoss)).toBeCloseTo(Math.log(3), 5);
  expect(terms.termLosses.map(valueOf)).toEqual([9, expect.closeTo(0, 6)]);
  expect(valueOf(terms.loss)).toBeCloseTo(0.25 * Math.log(3) + 18, 4);
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
        outputs(tf.fill([2, 3], 3)),
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
    objective.teacherOutputs(tf.zeros([2, 8, 8, 3]), { indices: new Int32Array(2), epoch: 1 }),
  ).toBeNull();
  const terms = objective.loss(outputs(tf.zeros([2, 3])), labels(), null, []);
  expect(valueOf(terms.loss)).toBeCloseTo(Math.log(3), 5);
  expect(terms.termLosses).toEqual([]);
});

test('without terms the labels keep their weight, and no teacher is asked', () => {
  const { objective } = distilling({ labels: { weight: 0.5 }, terms: [] }, tinyModel(), tinyModel());
  expect(
    objective.teacherOutputs(tf.zeros([2, 8, 8, 3]), { indices: new Int32Array(2), epoch: 1 }),
  ).toBeNull();
  expect(valueOf(objective.loss(outputs(tf.zeros([2, 3])), labels(), null, []).loss)).toBeCloseTo(
    Math.log(3) / 2,
    5,
  );
});

test('a teacher of other classes is refused with both numbers where logits are compared', () => {
  const { objective } = distilling({}, tinyModel(), tinyModel());
  const compare = (one: typeof objective) =>
    one.loss(outputs(tf.zeros([2, 4])), labels(), outputs(tf.zeros([2, 3])), []);
  expect(() => compare(objective)).toThrow(/3 outputs and the student 4/);
  const teacher = tinyModel();
  const needs = { logits: false, features: [], penultimate: true };
  const term = { needs: { student: needs, teacher: needs }, parameters: [], loss: () => tf.scalar(1) };
  const distillation = weigh(1, [{ term, weight: 1 }]);
  const other = createObjective({
    distillation,
    teacher: liveTeacher(teacher),
    labelSmoothing: 0,
    epochs: 1,
  });
  expect(valueOf(compare(other).loss)).toBeCloseTo(Math.log(4) + 1, 5);
});
