import { z } from 'zod';
import { lossWeightSchema } from '../loss-weight.ts';
import type { NumberField } from '../number-field.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { stagesOrPenultimate, vectorWords } from './stages.ts';

const share = z.number().min(0).max(1e6);

export const rkdSchema = z.strictObject({
  method: z.literal('rkd'),
  weight: lossWeightSchema.default(1),
  distance: share.default(25),
  angle: share.default(50),
  stages: stagesOrPenultimate,
});

const distance: NumberField = {
  label: 'Weight of distances',
  symbol: 'D',
  help: {
    what: 'How much the distances between the images of a batch count within this term. 0 leaves them out.',
    unsure: '25, beside 50 for the angles.',
  },
  step: 5,
  min: 0,
};

const angle: NumberField = {
  label: 'Weight of angles',
  symbol: 'A',
  help: {
    what: 'How much the angles between any three images of a batch count within this term. 0 leaves them out; their time and memory grow with the cube of the batch size.',
    unsure: '50, beside 25 for the distances.',
  },
  step: 5,
  min: 0,
};

export const rkd: MethodDescriptor<z.output<typeof rkdSchema>> = {
  label: 'Relational (Park 2019)',
  paper: {
    title: 'Park et al., "Relational Knowledge Distillation", 2019',
    url: 'https://arxiv.org/abs/1904.05068',
  },
  formula: '(D × smooth L1(distances / their mean) + A × smooth L1(cosines of angles))',
  sentence:
    'How the images of a batch lie to each other: the distances of all pairs and the angles of all triples of their vectors.',
  needs: { student: 'penultimate', teacher: 'penultimate' },
  numbers: { distance, angle },
  imitated: ({ stages }) => `distances and angles between ${vectorWords(stages)}`,
  // RepDistiller and the authors compare the penultimate vectors.
  begin: () => ({ method: 'rkd', weight: 1, distance: 25, angle: 50, stages: [] }),
};
