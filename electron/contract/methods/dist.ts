import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { NumberField } from '../number-field.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { shareSchema } from './other-classes.ts';
import { temperatureField, temperatureSchema } from './temperature.ts';

export const distSchema = z.strictObject({
  method: z.literal('dist'),
  temperature: temperatureSchema.default(1),
  between: shareSchema.default(1),
  within: shareSchema.default(1),
  weight: lossWeightSchema.default(1),
});

const between: NumberField = {
  label: 'Weight between classes',
  symbol: 'β',
  help: {
    what: "How much the correlation of each image's probabilities over the classes counts within this term. 0 leaves it out.",
    unsure: '1.',
  },
  step: 0.5,
  min: 0,
};

const within: NumberField = {
  label: 'Weight within classes',
  symbol: 'γ',
  help: {
    what: "How much the correlation of each class's probabilities over the images of a batch counts within this term. 0 leaves it out.",
    unsure: '1.',
  },
  step: 0.5,
  min: 0,
};

export const dist: MethodDescriptor<z.output<typeof distSchema>> = {
  label: 'Correlations, DIST (Huang 2022)',
  paper: {
    title: 'Huang et al., "Knowledge Distillation from A Stronger Teacher", 2022',
    url: 'https://arxiv.org/abs/2205.10536',
  },
  formula:
    'T² × (β × (1 − mean correlation over the classes) + γ × (1 − mean correlation over the images)) of softmax(logits / T)',
  sentence:
    "The order of the classes for each image, and of the images for each class, by correlation: the student need not match the teacher's exact probabilities.",
  needs: { student: 'logits', teacher: 'logits' },
  numbers: { temperature: temperatureField, between, within },
  imitated: ({ temperature }, format) =>
    `correlations of probabilities at temperature ${format(temperature)}`,
  begin: () => ({ method: 'dist', temperature: 1, between: 1, within: 1, weight: 1 }),
};
