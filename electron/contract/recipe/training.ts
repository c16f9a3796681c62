import { z } from 'zod';
import { optimizerSchema } from '../optimizers.ts';
import { scheduleSchema } from '../schedules.ts';
import { weightAverageSchema } from '../weight-average.ts';
import { positive } from './quantities.ts';
import { classWeightsSchema } from './class-weights.ts';
import { mixingSchema } from './mixing.ts';

export const stageSchema = z.strictObject({
  epochs: z.number().int().min(1).max(10_000),
  /** Parameter groups below this index are frozen (their batch norms still train). 0 trains everything; -1 only the last group. */
  freezeTo: z.number().int().min(-16).max(16).default(0),
  /** Peak rate of the schedule; a pair is spread geometrically over the parameter groups, first to last. */
  learningRate: z.union([positive, z.tuple([positive, positive])]).default(1e-3),
});

export type StageRecipe = z.output<typeof stageSchema>;

export const trainingSchema = z.strictObject({
  batchSize: z.number().int().min(2).max(4096).default(64),
  stages: z
    .array(stageSchema)
    .min(1)
    .max(32)
    .default([{ epochs: 10, freezeTo: 0, learningRate: 1e-3 }]),
  optimizer: optimizerSchema.prefault({}),
  schedule: scheduleSchema.prefault({}),
  ema: weightAverageSchema,
  /** Upper limit of the gradients' global L2 norm. */
  clipNorm: positive.nullable().default(null),
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /** null: all classes alike. */
  classWeights: classWeightsSchema.nullable().default(null),
  /**
   * How often an epoch takes the images of a class; it has as many images in all. uniform: each image once. balanced: each class equally
   * often. square-root: each class in proportion to the root of its number of images.
   */
  sampling: z.enum(['uniform', 'square-root', 'balanced']).default('uniform'),
  mixing: mixingSchema.prefault({}),
  earlyStop: z
    .strictObject({ patience: z.number().int().min(1).default(5) })
    .nullable()
    .default(null),
});

export type TrainingRecipe = z.output<typeof trainingSchema>;
