import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { othersField, shareSchema } from './other-classes.ts';
import { temperatureField, temperatureSchema } from './temperature.ts';

export const nkdSchema = z.strictObject({
  method: z.literal('nkd'),
  temperature: temperatureSchema.default(1),
  others: shareSchema.default(1.5),
  weight: lossWeightSchema.default(1),
});

export const nkd: MethodDescriptor<z.output<typeof nkdSchema>> = {
  label: 'Normalised, NKD (Yang 2023)',
  paper: {
    title:
      'Yang et al., "From Knowledge Distillation to Self-Knowledge Distillation: A Unified Approach with Normalized Loss and Customized Soft Labels", 2023',
    url: 'https://arxiv.org/abs/2303.13005',
  },
  formula:
    "(teacher's probability × cross-entropy of the target + γ × T² × cross-entropy among the other classes at T)",
  sentence:
    "The image's class, weighted by the teacher's probability of it, and the teacher's probabilities of the other classes, scaled to add up to 1.",
  needs: { student: 'logits', teacher: 'logits' },
  numbers: { temperature: temperatureField, others: othersField('γ') },
  imitated: ({ temperature }, format) => `normalised soft targets at temperature ${format(temperature)}`,
  begin: () => ({ method: 'nkd', temperature: 1, others: 1.5, weight: 1 }),
};
