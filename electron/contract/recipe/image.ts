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

const { size, resize, mean, std } = imageSchema.shape;

/** How one of the networks sees the images; null: as data.image has it. */
export const ownImageSchema = z.strictObject({
  size: size.unwrap().nullable().default(null),
  resize: resize.unwrap().nullable().default(null),
  mean: mean.unwrap().nullable().default(null),
  std: std.unwrap().nullable().default(null),
});

export type OwnImageRecipe = z.output<typeof ownImageSchema>;
