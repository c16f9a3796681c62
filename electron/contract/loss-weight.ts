import { z } from 'zod';

/** Beyond it a loss of usual size has no room in float32 beside its gradients. */
const largestWeight = 1e6;
const weight = z.number().min(0).max(largestWeight);

/** Epochs over which the weight rises to what it would be without: it is multiplied by min(epoch / warmup, 1), epochs from 1 on. */
const warmup = z.number().int().min(0).max(10_000).default(0);

/** What a term of the loss is multiplied by: one number, or a way from one number to another. */
export const lossWeightSchema = z.union([
  weight,
  z.strictObject({ schedule: z.literal('constant'), value: weight, warmup }),
  z.strictObject({
    schedule: z.enum(['linear', 'cosine']),
    from: weight,
    to: weight,
    /** After so many epochs the weight is `to` and stays there. null: the whole training. */
    epochs: z.number().int().min(1).max(10_000).nullable().default(null),
    warmup,
  }),
]);
export type LossWeight = z.output<typeof lossWeightSchema>;
export type WeightSchedule = Exclude<LossWeight, number>;

const endsOf = (of: LossWeight): [number, number] => {
  if (typeof of === 'number') return [of, of];
  return of.schedule === 'constant' ? [of.value, of.value] : [of.from, of.to];
};

/** Where the schedule begins, whatever its warm-up makes of it. */
export const weightAtStart = (of: LossWeight): number => endsOf(of)[0];
export const weightAtEnd = (of: LossWeight): number => endsOf(of)[1];

export const weighsNothing = (of: LossWeight): boolean => weightAtStart(of) === 0 && weightAtEnd(of) === 0;
