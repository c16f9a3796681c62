import { z } from 'zod';

export const splitSchema = z.strictObject({
  /**
   * auto: the dataset's own validation part where it brings one, else track-random. given: that part, or an error.
   * track-first: per class, files sorted, the first int(n / 30 * fraction) * 30 validate (the GTSRB notebook's way).
   * track-random: whole tracks drawn by the seed. stratified: images drawn by the seed, per class. all: nothing is held out.
   */
  method: z.enum(['auto', 'given', 'track-first', 'track-random', 'stratified', 'all']).default('auto'),
  fraction: z.number().gt(0).lt(1).default(0.2),
  /**
   * What draws the held-out images (and the test images of a dataset that brings none). null: the recipe's seed. With a seed of its own
   * the division stays the same where the recipe's changes, as in a sweep over seeds, whose runs share a teacher.
   */
  seed: z.number().int().min(0).max(0xffffffff).nullable().default(null),
});

export type SplitRecipe = z.output<typeof splitSchema>;
