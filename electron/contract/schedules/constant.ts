import { z } from 'zod';
import type { ScheduleDescriptor } from './descriptor.ts';
import { afterWarmup, divField, linearWarmup, momentumField, warmupField } from './fields.ts';

/** torch's LinearLR, step by step; the rate stays where it ends. */
export const constantSchema = z.strictObject({ name: z.literal('constant'), ...linearWarmup });

export const constant: ScheduleDescriptor<z.output<typeof constantSchema>> = {
  label: 'Constant',
  paper: {
    title: 'Goyal et al., "Accurate, Large Minibatch SGD", 2017',
    url: 'https://arxiv.org/abs/1706.02677',
  },
  formula: 'η/d → η linearly until t = p, then η',
  sentence: 'the learning rate stays at its peak, after a linear warm-up.',
  numbers: { warmup: warmupField, div: divField, momentum: momentumField },
  named: ({ warmup }, rates) => `of ${rates}${afterWarmup(warmup)}`,
};
