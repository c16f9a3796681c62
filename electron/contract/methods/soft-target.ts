import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { standardisedWords, standardiseSchema } from './standardise.ts';
import { temperatureField, temperatureSchema } from './temperature.ts';

export const softTargetSchema = z.strictObject({
  method: z.literal('soft-target'),
  temperature: temperatureSchema.default(4),
  standardise: standardiseSchema,
  weight: lossWeightSchema.default(0.9),
});

export const softTarget: MethodDescriptor<z.output<typeof softTargetSchema>> = {
  label: 'Soft targets (Hinton 2015)',
  paper: {
    title: 'Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015',
    url: 'https://arxiv.org/abs/1503.02531',
  },
  formula: 'T² × KL(softmax(teacher / T) ‖ softmax(student / T))',
  sentence:
    "The teacher's probabilities, softened by a temperature, so that less likely classes count as well.",
  needs: { student: 'logits', teacher: 'logits' },
  numbers: { temperature: temperatureField },
  imitated: ({ temperature, standardise }, format) =>
    `soft targets${standardisedWords(standardise)} at temperature ${format(temperature)}`,
  begin: () => ({ method: 'soft-target', temperature: 4, standardise: false, weight: 0.9 }),
};
