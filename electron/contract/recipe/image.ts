import { z } from 'zod';
import { positive } from './quantities.ts';
import { imagenetStatistics } from './statistics.ts';

export const imageSchema = z.strictObject({
  /** Side in pixels of the square image that the networks see. */
  size: z.number().int().min(8).max(512).default(96),
  resize: z.enum(['crop', 'squish', 'pad']).default('squish'),
  mean: z.tuple([z.number(), z.number(), z.number()]).default(imagenetStatistics.mean),
  std: z.tuple([positive, positive, positive]).default(imagenetStatistics.std),
});

export type ImageRecipe = z.output<typeof imageSchema>;
