import { z } from 'zod';
import { probability } from './quantities.ts';

export const augmentSchema = z.strictObject({
  /** Rotation, uniform in +-maxDegrees. */
  rotate: z
    .strictObject({ maxDegrees: z.number().min(0).max(180).default(10), p: probability.default(0.75) })
    .prefault({}),
  /** Zoom in, uniform in [1, max], about a uniformly drawn centre. */
  zoom: z
    .strictObject({ max: z.number().min(1).max(4).default(1.2), p: probability.default(0.75) })
    .prefault({}),
  /** Perspective warp, uniform in +-magnitude for each axis (fastai's Warp). */
  warp: z
    .strictObject({ magnitude: z.number().min(0).max(0.9).default(0.2), p: probability.default(0.75) })
    .prefault({}),
  /** Brightness in logit space: logit(uniform(0.5*(1-max), 0.5*(1+max))) is added. */
  brightness: z
    .strictObject({ max: z.number().min(0).max(0.99).default(0.8), p: probability.default(0.8) })
    .prefault({}),
  /** Contrast in logit space: the logit is multiplied by exp(uniform(log(1-max), -log(1-max))). */
  contrast: z
    .strictObject({ max: z.number().min(0).max(0.99).default(0.8), p: probability.default(0.8) })
    .prefault({}),
  /** Mirror left-right. Off by default: a mirrored sign is another sign. */
  flip: z.strictObject({ p: probability.default(0) }).prefault({}),
});

export type AugmentRecipe = z.output<typeof augmentSchema>;
