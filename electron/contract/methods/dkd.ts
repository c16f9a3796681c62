import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { NumberField } from '../number-field.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { othersField, shareSchema } from './other-classes.ts';
import { standardisedWords, standardiseSchema } from './standardise.ts';
import { temperatureField, temperatureSchema } from './temperature.ts';

export const dkdSchema = z.strictObject({
  method: z.literal('dkd'),
  temperature: temperatureSchema.default(4),
  target: shareSchema.default(1),
  others: shareSchema.default(8),
  standardise: standardiseSchema,
  weight: lossWeightSchema.default(1),
});

const target: NumberField = {
  label: 'Weight of the target class',
  symbol: 'α',
  help: {
    what: "How much the teacher's probability of the image's own class counts within this term.",
    unsure: '1.',
  },
  step: 0.5,
  min: 0,
};

export const dkd: MethodDescriptor<z.output<typeof dkdSchema>> = {
  label: 'Decoupled, DKD (Zhao 2022)',
  paper: {
    title: 'Zhao et al., "Decoupled Knowledge Distillation", 2022',
    url: 'https://arxiv.org/abs/2203.08679',
  },
  formula: 'T² × (α × KL(target or not) + β × KL(among the other classes)) of softmax(logits / T)',
  sentence:
    "Soft targets in two parts with weights of their own: the probability of the image's class, and how the other classes share the rest.",
  needs: { student: 'logits', teacher: 'logits' },
  numbers: { temperature: temperatureField, target, others: othersField('β') },
  imitated: ({ temperature, standardise }, format) =>
    `decoupled soft targets${standardisedWords(standardise)} at temperature ${format(temperature)}`,
  begin: () => ({ method: 'dkd', temperature: 4, target: 1, others: 8, standardise: false, weight: 1 }),
};
