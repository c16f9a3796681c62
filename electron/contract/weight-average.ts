import { z } from 'zod';
import type { Format, NumberField } from './number-field.ts';

/** An exponential moving average of the weights, which is evaluated and exported in their place. null: none. */
export const weightAverageSchema = z
  .strictObject({
    /** Of the average at each step, at the most: it begins lower. */
    decay: z.number().min(0).lt(1).default(0.999),
  })
  .nullable()
  .default(null);

export type WeightAverageRecipe = z.output<typeof weightAverageSchema>;

export const weightAverageField: NumberField = {
  label: 'Average of the weights (EMA): decay',
  symbol: 'd',
  help: {
    what: 'Evaluates and keeps a moving average of the weights in place of the newest ones, which evens out the last steps. At every step, the average keeps this share of itself; in the first steps less.',
    unsure: 'Leave it empty. With a constant learning rate or steps try 0.999.',
  },
  step: 0.001,
  min: 0,
  max: 0.99999,
};

/** After what a network is trained with; '' where its weights are not averaged. */
export const averageWords = (ema: WeightAverageRecipe, format: Format): string =>
  ema === null ? '' : `, its weights averaged with decay ${format(ema.decay)}`;
