import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { emptyPair, pairWords, stagePair } from './stages.ts';

export const fitnetSchema = z.strictObject({
  method: z.literal('fitnet'),
  weight: lossWeightSchema,
  ...stagePair,
});

export const fitnet: MethodDescriptor<z.output<typeof fitnetSchema>> = {
  label: 'FitNet hints (Romero 2015)',
  paper: {
    title: 'Romero et al., "FitNets: Hints for Thin Deep Nets", 2015',
    url: 'https://arxiv.org/abs/1412.6550',
  },
  formula: 'mean((adapter(student features) − teacher features)²)',
  sentence:
    "The teacher's features after one of its stages. A learnt 1×1 convolution matches the number of channels.",
  needs: { student: 'stage', teacher: 'stage' },
  numbers: {},
  imitated: (term) => `features after ${pairWords(term)}`,
  // Romero et al. take the middle of both networks.
  begin: (pairs) => ({
    method: 'fitnet',
    weight: 1,
    ...(pairs[Math.floor((pairs.length - 1) / 2)] ?? emptyPair()),
  }),
};
