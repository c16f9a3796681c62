import { z } from 'zod';
import type { NumberField } from '../number-field.ts';
import { positive, probability } from '../recipe/quantities.ts';

/** Fields that several schedules have. */

export const warmupSchema = probability;
export const divSchema = positive;
export const momentumSchema = probability.default(0.9);

/** torch's LinearLR begins at a share of the rate; this one at the rate divided by a number, as one cycle does. */
export const linearWarmup = {
  /** Share of a stage's steps in which the rate climbs linearly. */
  warmup: warmupSchema.default(0.05),
  /** The rate climbs from its peak divided by this. */
  div: divSchema.default(100),
  /** Adam's beta1, SGD's momentum. */
  momentum: momentumSchema,
};

export const warmupField: NumberField = {
  label: 'Share of warm-up',
  symbol: 'p',
  help: {
    what: "The share of a stage's steps in which the learning rate rises to its peak.",
    unsure: '0.25 for one cycle, 0.05 for the others.',
  },
  step: 0.05,
  min: 0,
  max: 1,
};

export const divField: NumberField = {
  label: 'First rate: peak divided by',
  symbol: 'd',
  help: {
    what: 'The warm-up begins at the peak rate divided by this number.',
    unsure: '25 for one cycle, 100 for the others.',
  },
  step: 1,
  min: 1,
};

export const momentumField: NumberField = {
  label: 'Momentum',
  symbol: 'μ',
  help: {
    what: "How much of the previous updates is carried over into the next: SGD's momentum, Adam's β₁. One cycle has three: at the start, at the peak rate and at the end.",
    unsure: '0.9; for one cycle 0.95, 0.85 and 0.95.',
  },
  step: 0.01,
  min: 0,
  max: 1,
};

/** After a word about what follows. */
export const afterWarmup = (warmup: number): string => (warmup > 0 ? ' after a linear warm-up' : '');

export const milestonesSchema = z
  .array(z.number().gt(0).lt(1))
  .min(1)
  .max(20)
  .refine((shares) => shares.every((share, i) => i === 0 || share > shares[i - 1]!), 'must ascend');
