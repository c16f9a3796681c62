import { z } from 'zod';

/** Beyond it a loss of usual size has no room in float32 beside its gradients. */
const largestWeight = 1e6;
const weight = z.number().min(0).max(largestWeight);

/** What a term of the loss is multiplied by: one number, or a way from one number to another. */
export const lossWeightSchema = z.union([
  weight,
  z.strictObject({
    schedule: z.enum(['linear', 'cosine']),
    from: weight,
    to: weight,
    /** After so many epochs the weight is `to` and stays there. null: the whole training. */
    epochs: z.number().int().min(1).max(10_000).nullable().default(null),
  }),
]);
export type LossWeight = z.output<typeof lossWeightSchema>;
export type WeightSchedule = Exclude<LossWeight, number>;

export const weightAtStart = (of: LossWeight): number => (typeof of === 'number' ? of : of.from);
export const weightAtEnd = (of: LossWeight): number => (typeof of === 'number' ? of : of.to);

export const weighsNothing = (of: LossWeight): boolean => weightAtStart(of) === 0 && weightAtEnd(of) === 0;
