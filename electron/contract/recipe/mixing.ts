import { z } from 'zod';
import { probability } from './quantities.ts';

/** Of Beta(alpha, alpha), from which the share of an image is drawn. */
const alpha = z.number().min(0.01).max(100);

/**
 * Pairs of a batch's images that are mixed, and their labels with them. Of all batches the share `p` of each kind is mixed in that way;
 * timm's `prob` and `switch_prob` are mixup.p = prob * (1 - switch_prob) and cutmix.p = prob * switch_prob.
 */
export const mixingSchema = z
  .strictObject({
    /** Two images laid over each other (Zhang et al., 2018). */
    mixup: z.strictObject({ alpha: alpha.default(0.2), p: probability.default(0) }).prefault({}),
    /** A box of the one pasted into the other (Yun et al., 2019). */
    cutmix: z.strictObject({ alpha: alpha.default(1), p: probability.default(0) }).prefault({}),
  })
  .refine(({ mixup, cutmix }) => mixup.p + cutmix.p <= 1, {
    path: ['cutmix', 'p'],
    error: 'the shares of batches of mixup and CutMix together must not be more than 1',
  });

export type MixingRecipe = z.output<typeof mixingSchema>;

/** Whether any batch is mixed. */
export const mixes = ({ mixup, cutmix }: MixingRecipe): boolean => mixup.p + cutmix.p > 0;
