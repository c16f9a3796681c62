import { z } from 'zod';

/** Images without labels that join the student's training: on them it learns from its teacher alone. */
export const unlabelledSchema = z.strictObject({
  /** Folders or zips of images, relative to the recipe's file. What their folders are called does not count. */
  paths: z.array(z.string().min(1)).min(1).max(100),
  /** Their share of each of the student's batches. null: their share of all its training images, at most 7/8. */
  share: z.number().gt(0).lt(1).nullable().default(null),
});

export type UnlabelledRecipe = z.output<typeof unlabelledSchema>;
