import { z } from 'zod';

export const splitSchema = z.strictObject({
  /**
   * auto: the dataset's own validation part where it brings one, else track-random. given: that part, or an error.
   * track-first: per class, files sorted, the first int(n / 30 * fraction) * 30 validate (the GTSRB notebook's way).
   * track-random: whole tracks drawn by the seed. stratified: images drawn by the seed, per class. all: nothing is held out.
   */
  method: z.enum(['auto', 'given', 'track-first', 'track-random', 'stratified', 'all']).default('auto'),
  fraction: z.number().gt(0).lt(1).default(0.2),
});

export type SplitRecipe = z.output<typeof splitSchema>;
