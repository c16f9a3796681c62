import { z } from 'zod';
import { type DistillationRecipe, expandPreset } from './distillation.ts';
import { temperatureSchema } from './methods/temperature.ts';

/** What recipes of version 1 hold on distillation: one method that compares logits, and two constant weights. */

const weight = z.number().min(0).max(1e6);

const fields = z
  .strictObject({
    method: z.enum(['soft-target', 'logits']).default('soft-target'),
    temperature: temperatureSchema.default(4),
    distillationWeight: weight.default(0.9),
    labelWeight: weight.default(0.1),
  })
  .refine(
    // As training computes with them.
    ({ distillationWeight, labelWeight }) => Math.fround(distillationWeight) + Math.fround(labelWeight) > 0,
    { path: ['labelWeight'], message: 'one of the two weights must be more than 0' },
  );

/** As they were in version 1, whatever becomes of today's. */
const presets = {
  'seed-2021': { method: 'soft-target', temperature: 20, distillationWeight: 1.4, labelWeight: 0.3 },
  fasterai: { method: 'soft-target', temperature: 5, distillationWeight: 0.5, labelWeight: 0.5 },
  hinton: { method: 'soft-target', temperature: 4, distillationWeight: 0.9, labelWeight: 0.1 },
};

export const distillationVersion1Schema = z.preprocess((input) => expandPreset(input, presets), fields);
export type DistillationVersion1 = z.output<typeof fields>;

/** The same loss as a list of terms; a method without a temperature leaves it behind. */
export function asTerms(given: DistillationVersion1): DistillationRecipe {
  const { method, temperature, distillationWeight: weight, labelWeight } = given;
  return {
    labels: { weight: labelWeight },
    terms: [
      method === 'soft-target' ? { method, temperature, standardise: false, weight } : { method, weight },
    ],
  };
}
