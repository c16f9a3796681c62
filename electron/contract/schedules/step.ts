import { z } from 'zod';
import type { ScheduleDescriptor } from './descriptor.ts';
import { milestonesSchema, momentumField, momentumSchema } from './fields.ts';

/** torch's MultiStepLR with mdistiller's milestones, epochs 150, 180 and 210 of 240, as shares. */
export const stepSchema = z.strictObject({
  name: z.literal('step'),
  /** Shares of a stage's steps after which the rate is multiplied, ascending. */
  milestones: milestonesSchema.default([0.625, 0.75, 0.875]),
  factor: z.number().gt(0).lt(1).default(0.1),
  /** Adam's beta1, SGD's momentum. */
  momentum: momentumSchema,
});

export const step: ScheduleDescriptor<z.output<typeof stepSchema>> = {
  label: 'Steps',
  paper: {
    title: 'Zhao et al., "Decoupled Knowledge Distillation", 2022 (its library, mdistiller)',
    url: 'https://arxiv.org/abs/2203.08679',
  },
  formula: 'η gᵏ, where k is the number of milestones that t has passed',
  sentence: 'the learning rate stays at its peak and falls by a factor at each milestone.',
  numbers: {
    factor: {
      label: 'Factor at a milestone',
      symbol: 'g',
      help: { what: 'The learning rate is multiplied by this number at each milestone.', unsure: '0.1.' },
      step: 0.1,
      min: 0,
      max: 1,
    },
    momentum: momentumField,
  },
  named: ({ milestones, factor }, rates, format) =>
    `of ${rates} that is multiplied by ${format(factor)} after ${milestones.map((share) => `${format(100 * share)} %`).join(', ')} of a stage`,
};
