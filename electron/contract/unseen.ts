import { z } from 'zod';
import { figure } from './figure.ts';
import { roleSchema } from './roles.ts';

/** Accuracies on the test images of the classes that the student was trained on, of the others, and of both. */
const accuraciesSchema = z.object({
  seen: figure,
  unseen: figure,
  all: figure,
  /** Of the first two, which is high only where both are (Xian et al., 2017, arXiv 1707.00600). */
  harmonicMean: figure,
});
export type UnseenAccuracies = z.output<typeof accuraciesSchema>;

/** The shares of the classes that a correction of the outputs' biases reckons with: the teacher's mean probabilities, or stated ones. */
export const expectedSharesSchema = z.union([
  z.enum(['teacher', 'uniform']),
  /** Relative to each other, one a class of the vocabulary. */
  z.array(z.number().min(0)).min(1),
]);
export type ExpectedShares = z.output<typeof expectedSharesSchema>;

/** Images whose labels are not looked at: those given without labels, or for each half of the test images the other half. */
const referencesSchema = z.enum(['unlabelled', 'test halves']);
export type CorrectionReference = z.output<typeof referencesSchema>;

const modelSchema = z.object({
  asIs: accuraciesSchema,
  /** Share of the unseen classes' images that are right where only unseen classes may be predicted. */
  amongUnseen: figure,
  /** With the biases corrected; null: a teacher that is the reference itself. */
  corrected: accuraciesSchema.nullable(),
  /** From all images of the reference, one a class: added to the logits, they are the correction. Empty where there is none. */
  biases: z.array(z.number()),
});
export type UnseenModel = z.output<typeof modelSchema>;

/** What a run's models make of classes that the student was not trained on. */
export const unseenEvaluationSchema = z.object({
  /** Test images. */
  images: z.object({ seen: z.number(), unseen: z.number() }),
  /** Ids of the unseen classes. */
  classes: z.array(z.number()),
  correction: z.object({
    expected: z.enum(['teacher', 'uniform', 'stated']),
    reference: referencesSchema,
    /** Images of the reference. */
    images: z.number(),
  }),
  models: z.partialRecord(roleSchema, modelSchema),
});
export type UnseenEvaluation = z.output<typeof unseenEvaluationSchema>;
