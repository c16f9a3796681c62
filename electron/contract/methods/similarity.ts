import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { stagesOrPenultimate, vectorWords } from './stages.ts';

export const similaritySchema = z.strictObject({
  method: z.literal('similarity'),
  weight: lossWeightSchema.default(3000),
  stages: stagesOrPenultimate,
});

export const similarity: MethodDescriptor<z.output<typeof similaritySchema>> = {
  label: 'Similarity-preserving (Tung & Mori 2019)',
  paper: {
    title: 'Tung and Mori, "Similarity-Preserving Knowledge Distillation", 2019',
    url: 'https://arxiv.org/abs/1907.09682',
  },
  formula: 'Σ mean((student FFᵀ, rows of length 1 − teacher FFᵀ, rows of length 1)²)',
  sentence:
    'Which images of a batch resemble each other: the dot products of their features, each row divided by its length.',
  needs: { student: 'penultimate', teacher: 'penultimate' },
  numbers: {},
  imitated: ({ stages }) => `similarities of images by their ${vectorWords(stages)}`,
  // RepDistiller compares the last stages.
  begin: (pairs) => ({ method: 'similarity', weight: 3000, stages: pairs.slice(-1) }),
};
