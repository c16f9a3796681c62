import { z } from 'zod';
import { positive, probability } from '../recipe/quantities.ts';
import type { ScheduleDescriptor } from './descriptor.ts';
import { divField, divSchema, warmupField, warmupSchema } from './fields.ts';

/** One cycle, cosine both ways (fastai's fit_one_cycle). Recipes written before there was another schedule have no name. */
export const oneCycleSchema = z.strictObject({
  name: z.literal('one-cycle').default('one-cycle'),
  warmup: warmupSchema.default(0.25),
  div: divSchema.default(25),
  finalDiv: positive.default(1e5),
  /** Adam's beta1 or SGD's momentum at the start, at the peak rate, at the end. */
  momentum: z.tuple([probability, probability, probability]).default([0.95, 0.85, 0.95]),
});

export const oneCycle: ScheduleDescriptor<z.output<typeof oneCycleSchema>> = {
  label: 'One cycle',
  paper: {
    title: 'Smith and Topin, "Super-Convergence", 2017',
    url: 'https://arxiv.org/abs/1708.07120',
  },
  formula: 'η/d → η until t = p, then η → η/f, both along half a cosine; the momentum goes the other way',
  sentence:
    'the learning rate rises to its peak and falls again, while the momentum does the opposite (one cycle).',
  numbers: {
    warmup: warmupField,
    div: divField,
    finalDiv: {
      label: 'Last rate: peak divided by',
      symbol: 'f',
      help: { what: 'The training ends at the peak rate divided by this number.', unsure: '100,000.' },
      step: 1000,
      min: 1,
    },
  },
  named: (_, rates) => `that rises to ${rates} and falls again`,
};
