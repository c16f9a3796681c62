import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { MethodDescriptor } from './descriptor.ts';

export const reusedClassifierSchema = z.strictObject({
  method: z.literal('reused-classifier'),
  weight: lossWeightSchema.default(1),
});

export const reusedClassifier: MethodDescriptor<z.output<typeof reusedClassifierSchema>> = {
  label: "Teacher's classifier reused (SimKD, Chen 2022)",
  paper: {
    title: 'Chen et al., "Knowledge Distillation with the Reused Teacher Classifier", 2022',
    url: 'https://arxiv.org/abs/2203.14001',
  },
  formula: 'mean((projection(student vector) − teacher vector)²)',
  sentence:
    "The teacher's penultimate vector, by a learnt linear projection of the student's. The teacher's own classifier makes the student's logits of it; projection and classifier become the student's last layer.",
  needs: { student: 'penultimate', teacher: 'penultimate' },
  numbers: {},
  imitated: () => 'penultimate vector, with its classifier',
  begin: () => ({ method: 'reused-classifier', weight: 1 }),
};
