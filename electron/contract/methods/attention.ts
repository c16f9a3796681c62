import { z } from 'zod';
import { listed } from '../listed.ts';
import { lossWeightSchema } from '../loss-weight.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { emptyPair, pairWords, stagePairs } from './stages.ts';

export const attentionSchema = z.strictObject({
  method: z.literal('attention'),
  weight: lossWeightSchema,
  stages: stagePairs,
});

export const attention: MethodDescriptor<z.output<typeof attentionSchema>> = {
  label: 'Attention transfer (Zagoruyko & Komodakis 2017)',
  paper: {
    title:
      'Zagoruyko and Komodakis, "Paying More Attention to Attention: Improving the Performance of Convolutional Neural Networks via Attention Transfer", 2017',
    url: 'https://arxiv.org/abs/1612.03928',
  },
  formula: 'Σ mean((student map / ‖student map‖ − teacher map / ‖teacher map‖)²)',
  sentence:
    'Where the teacher looks in the image: its attention maps (squares of the features, averaged over the channels) after one or more stages.',
  needs: { student: 'stage', teacher: 'stage' },
  numbers: {},
  imitated: ({ stages }) => `attention maps after ${listed(stages.map(pairWords))}`,
  begin: (pairs) => ({
    method: 'attention',
    weight: 1000,
    stages: pairs.length > 0 ? [...pairs] : [emptyPair()],
  }),
};
