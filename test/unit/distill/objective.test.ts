import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { distillationSchema } from '../../../electron/contract/distillation.ts';
import { createObjective } from '../../../electron/engine/distill/objective.ts';
import { liveTeacher } from '../../../electron/engine/distill/teacher.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { tinyModel } from '../train/support.ts';

beforeAll(useCpuBackend);

const labels = () => tf.tensor1d([0, 1], 'int32');

test('weighs the terms as the recipe says', () => {
  const distillation = distillationSchema.parse({
    labels: { weight: 0.25 },
    terms: [{ method: 'logits', weight: 2 }],
  });
  const objective = createObjective({ distillation, teacher: liveTeacher(tinyModel()), labelSmoothing: 0 });
  const terms = objective.loss(tf.zeros([2, 3]), labels(), tf.fill([2, 3], 3));
  // Uniform answers: ln 3; squared difference of 0 and 3: 9.
  expect(terms.labelLoss.dataSync()[0]).toBeCloseTo(Math.log(3), 5);
  expect(terms.distillationLoss!.dataSync()[0]).toBeCloseTo(9, 5);
  expect(terms.loss.dataSync()[0]).toBeCloseTo(0.25 * Math.log(3) + 18, 4);
});

test('without a teacher only the labels count', () => {
  const objective = createObjective({
    distillation: distillationSchema.parse({}),
    teacher: null,
    labelSmoothing: 0,
  });
  expect(objective.distils).toBe(false);
  expect(
    objective.teacherLogits(tf.zeros([2, 8, 8, 3]), { indices: new Int32Array(2), epoch: 1 }),
  ).toBeNull();
  const terms = objective.loss(tf.zeros([2, 3]), labels(), null);
  expect(terms.loss.dataSync()[0]).toBeCloseTo(Math.log(3), 5);
  expect(terms.distillationLoss).toBeNull();
});

test('a teacher of other classes is refused with both numbers', () => {
  const distillation = distillationSchema.parse({});
  const objective = createObjective({ distillation, teacher: liveTeacher(tinyModel()), labelSmoothing: 0 });
  expect(() => objective.loss(tf.zeros([2, 4]), labels(), tf.zeros([2, 3]))).toThrow(
    /3 outputs and the student 4/,
  );
});
