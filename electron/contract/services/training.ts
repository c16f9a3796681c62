import { z } from 'zod';
import type { RunEstimate } from '../estimate.ts';
import type { LearningRateCurve } from '../learning-rates.ts';
import { method, pathSchema } from '../method.ts';
import { recipeSchema } from '../recipe.ts';
import { trainingSchema } from '../recipe/training.ts';
import { runtimeSchema } from '../runtime.ts';
import type { SchedulePreview } from '../schedule.ts';

/** What an estimate needs to know of the data, and how it is computed. */
export const estimateBasisShape = {
  trainImages: z.number().int().min(1),
  validationImages: z.number().int().min(0),
  /** Of a teacher that is trained here, where it learns other classes; null: the same. */
  teacherImages: z
    .strictObject({ train: z.number().int().min(1), validation: z.number().int().min(0) })
    .nullable()
    .default(null),
  testImages: z.number().int().min(0),
  /** Images without labels of the student's training. */
  unlabelledImages: z.number().int().min(0).default(0),
  classes: z.number().int().min(2).max(10_000),
  runtime: runtimeSchema.prefault({}),
};

export const trainingService = {
  /** The schedule as it will run: learning rate (of the last parameter group) and momentum at every step. */
  schedule: method<SchedulePreview>()(
    z.strictObject({ training: trainingSchema, trainImages: z.number().int().min(1) }),
  ),
  /** Time, memory and disk of a run of this recipe on this machine. A teacher in an ONNX file is timed on a few images. */
  estimate: method<RunEstimate>()(
    z.strictObject({
      recipe: recipeSchema,
      /** Whether the teacher logits are kept on the disk for later runs. */
      storesLogits: z.boolean().default(false),
      ...estimateBasisShape,
    }),
    { computes: 'shared' },
  ),
  findLearningRate: method<LearningRateCurve>()(
    z.strictObject({
      recipe: recipeSchema,
      data: pathSchema.nullable().default(null),
      role: z.enum(['teacher', 'student']).default('student'),
      runtime: runtimeSchema.prefault({}),
    }),
    { computes: 'own' },
  ),
} as const;
