import { z } from 'zod';
import { listed } from '../listed.ts';
import { lossWeightSchema } from '../loss-weight.ts';
import type { NumberField } from '../number-field.ts';
import type { MethodDescriptor } from './descriptor.ts';
import { emptyPair, pairWords, stagePairs } from './stages.ts';

export const activationBoundariesSchema = z.strictObject({
  method: z.literal('activation-boundaries'),
  weight: lossWeightSchema.default(1),
  margin: z.number().min(0.01).max(100).default(1),
  stages: stagePairs,
});

const margin: NumberField = {
  label: 'Margin',
  symbol: 'm',
  help: {
    what: "How far the student's values are to lie on the teacher's side of zero before they cost nothing. They are normalised by their batch: 1 is one standard deviation.",
    unsure: '1.',
  },
  step: 0.5,
  min: 0.01,
};

export const activationBoundaries: MethodDescriptor<z.output<typeof activationBoundariesSchema>> = {
  label: 'Activation boundaries (Heo 2019)',
  paper: {
    title:
      'Heo et al., "Knowledge Transfer via Distillation of Activation Boundaries Formed by Hidden Neurons", 2019',
    url: 'https://arxiv.org/abs/1811.03233',
  },
  formula: 'Σ mean(max(0, m ∓ connector(student features))²), − where the teacher is active',
  sentence:
    "Which of the teacher's neurons are active after one or more stages, whatever their values. A learnt connector (1×1 convolution and batch norm) matches the number of channels.",
  needs: { student: 'stage', teacher: 'stage' },
  numbers: { margin },
  imitated: ({ stages }) => `activation boundaries after ${listed(stages.map(pairWords))}`,
  // All stages, as the authors and RepDistiller have it.
  begin: (pairs) => ({
    method: 'activation-boundaries',
    weight: 1,
    margin: 1,
    stages: pairs.length > 0 ? [...pairs] : [emptyPair()],
  }),
};
