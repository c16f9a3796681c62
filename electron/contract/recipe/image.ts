import { z } from 'zod';
import { positive } from './quantities.ts';

export const imageSchema = z.strictObject({
  /** Side in pixels of the square image that the networks see. */
  size: z.number().int().min(8).max(512).default(96),
  resize: z.enum(['crop', 'squish', 'pad']).default('squish'),
  /** ImageNet's statistics, of RGB in [0, 1]. */
  mean: z.tuple([z.number(), z.number(), z.number()]).default([0.485, 0.456, 0.406]),
  std: z.tuple([positive, positive, positive]).default([0.229, 0.224, 0.225]),
});

export type ImageRecipe = z.output<typeof imageSchema>;
