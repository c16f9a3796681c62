import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { stagesOrPenultimate, vectorWords } from './stages.ts';

export const pktSchema = z.strictObject({
  method: z.literal('pkt'),
  weight: lossWeightSchema.default(30_000),
  stages: stagesOrPenultimate,
});

export const pkt: MethodDescriptor<z.output<typeof pktSchema>> = {
  label: 'Probabilistic transfer, PKT (Passalis & Tefas 2018)',
  paper: {
    title: 'Passalis and Tefas, "Learning Deep Representations with Probabilistic Knowledge Transfer", 2018',
    url: 'https://arxiv.org/abs/1803.10837',
  },
  formula: 'mean(pₜ × ln(pₜ / pₛ)), p = (1 + cosine) / its sum over the batch',
  sentence:
    'How likely each image of a batch is to be the neighbour of another, by the cosines of their vectors.',
  needs: { student: 'penultimate', teacher: 'penultimate' },
  numbers: {},
  imitated: ({ stages }) => `neighbourhoods of images by their ${vectorWords(stages)}`,
  // RepDistiller compares the penultimate vectors.
  begin: () => ({ method: 'pkt', weight: 30_000, stages: [] }),
};
