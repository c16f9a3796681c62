import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { MethodDescriptor } from './descriptor.ts';

export const logitsSchema = z.strictObject({
  method: z.literal('logits'),
  weight: lossWeightSchema.default(0.9),
});

export const logits: MethodDescriptor<z.output<typeof logitsSchema>> = {
  label: 'Logits (Ba & Caruana 2014)',
  paper: {
    title: 'Ba and Caruana, "Do Deep Nets Really Need to be Deep?", 2014',
    url: 'https://arxiv.org/abs/1312.6184',
  },
  formula: 'mean((student − teacher)²)',
  sentence: "The teacher's raw outputs, without a temperature.",
  needs: { student: 'logits', teacher: 'logits' },
  numbers: {},
  imitated: () => 'logits',
  begin: () => ({ method: 'logits', weight: 0.9 }),
};
