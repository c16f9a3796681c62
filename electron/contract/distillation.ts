import { z } from 'zod';
import { lossWeightSchema, weightAtEnd, weightAtStart } from './loss-weight.ts';
import { distillationTermSchema } from './methods.ts';

/** What the student learns from: the labels, and any number of terms that compare it with its teacher. */

export const mostTerms = 16;

/** The loss is labels.weight * CE + the sum over the terms of weight * the method's own loss (soft-target: T^2 * KL at T). */
const distillationFields = z
  .strictObject({
    /** Cross-entropy with the labels. */
    labels: z.strictObject({ weight: lossWeightSchema.default(0.1) }).prefault({}),
    terms: z
      .array(distillationTermSchema)
      .max(mostTerms)
      .prefault([{ method: 'soft-target' }]),
  })
  .superRefine(({ labels, terms }, context) => {
    const weights = [labels.weight, ...terms.map(({ weight }) => weight)];
    const path = ['labels', 'weight'];
    // A weight moves one way only: all are 0 at once at the start or at the end, if ever. Added up as training does, in float32.
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + Math.fround(value), 0);
    if (sum(weights.map(weightAtStart)) === 0)
      context.addIssue({
        code: 'custom',
        path,
        message: 'one of the weights must be more than 0 at the start',
      });
    else if (sum(weights.map(weightAtEnd)) === 0)
      context.addIssue({
        code: 'custom',
        path,
        message: 'one of the weights must be more than 0 at the end',
      });
  });

export type DistillationRecipe = z.output<typeof distillationFields>;
const softTargetAlone = (
  temperature: number,
  weight: number,
  labels: number,
  standardise = false,
): DistillationRecipe => ({
  labels: { weight: labels },
  terms: [{ method: 'soft-target', temperature, standardise, weight }],
});

export const distillationPresets = {
  'seed-2021': softTargetAlone(20, 1.4, 0.3),
  fasterai: softTargetAlone(5, 0.5, 0.5),
  hinton: softTargetAlone(4, 0.9, 0.1),
  /**
   * Beyer et al., "Knowledge distillation: A good teacher is patient and consistent", 2022 (arXiv 2106.05237): KL alone at T = 1, as in
   * big_vision's bit_i1k.py. Its mixup and its long schedule are fields of the student's training.
   */
  'function-matching': softTargetAlone(1, 1, 0),
  /** logit-standardization-KD's: --base-temp 2 --kd-weight 9, and mdistiller's weight of the labels. */
  standardised: softTargetAlone(2, 9, 0.1, true),
  /**
   * For classes that the student is not shown: labels would teach it that they do not occur, and only a high temperature leaves
   * something of them in the teacher's probabilities for images of other classes.
   */
  'unseen-classes': softTargetAlone(20, 1, 0),
};
export type DistillationPreset = keyof typeof distillationPresets;

/** `{preset, ...rest}` with the preset's values written out, which those of `rest` replace; anything else as it is. */
export function expandPreset(input: unknown, presets: Readonly<Record<string, object>>): unknown {
  if (typeof input !== 'object' || input === null || !('preset' in input)) return input;
  const { preset, ...rest } = input;
  const values = Object.entries(presets).find(([name]) => name === preset)?.[1];
  // An unknown preset stays in place, for the strict schema to refuse by name.
  return values ? { ...values, ...rest } : input;
}

/** `{preset: 'hinton'}` is written out as terms. */
export const distillationSchema = z.preprocess(
  (input) => expandPreset(input, distillationPresets),
  distillationFields,
);
