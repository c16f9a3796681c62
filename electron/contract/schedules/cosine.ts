import { z } from 'zod';
import { probability } from '../recipe/quantities.ts';
import type { ScheduleDescriptor } from './descriptor.ts';
import { afterWarmup, divField, linearWarmup, momentumField, warmupField } from './fields.ts';

/** torch's LinearLR followed by CosineAnnealingLR, step by step. */
export const cosineSchema = z.strictObject({
  name: z.literal('cosine'),
  ...linearWarmup,
  /** Share of the peak rate to which it falls. */
  final: probability.default(0),
});

export const cosine: ScheduleDescriptor<z.output<typeof cosineSchema>> = {
  label: 'Cosine',
  paper: {
    title: 'Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017',
    url: 'https://arxiv.org/abs/1608.03983',
  },
  formula: 'η/d → η linearly until t = p, then η(e + (1 − e)(1 + cos(π(t − p)/(1 − p)))/2)',
  sentence: 'the learning rate falls from its peak along half a cosine, after a linear warm-up.',
  numbers: {
    warmup: warmupField,
    div: divField,
    final: {
      label: 'Last rate: share of the peak',
      symbol: 'e',
      help: { what: 'The share of the peak rate at which a stage ends.', unsure: '0.' },
      step: 0.01,
      min: 0,
      max: 1,
    },
    momentum: momentumField,
  },
  named: ({ warmup, final }, rates, format) =>
    `that falls from ${rates} along a cosine${final > 0 ? ` to ${format(100 * final)} % of it` : ''}${afterWarmup(warmup)}`,
};
