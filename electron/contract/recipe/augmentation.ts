import { z } from 'zod';
import { positive, probability } from './quantities.ts';

/** Random erasing's own defaults as torchvision's RandomErasing, which is off here until p is raised. */
const eraseSchema = z.strictObject({
  p: probability.default(0),
  /** Least and largest share of the image's area, drawn uniformly. */
  scale: z
    .tuple([probability, probability])
    .default([0.02, 0.33])
    .refine(([least, most]) => least <= most, { error: 'the first must not be larger than the second' }),
  /** Least and largest height divided by width, drawn uniformly in its logarithm. */
  ratio: z
    .tuple([positive, positive])
    .default([0.3, 3.3])
    .refine(([least, most]) => least <= most, { error: 'the first must not be larger than the second' }),
  /** mean: the mean colour, 0 once it is normalised. noise: a standard normal number for each value of each pixel. */
  fill: z.enum(['mean', 'noise']).default('mean'),
});

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
  /** A rectangle of the normalised image is filled (Zhong et al., 2020). Never on the copies of test-time augmentation. */
  erase: eraseSchema.prefault({}),
});

export type AugmentRecipe = z.output<typeof augmentSchema>;

/** What test-time augmentation draws: an erased test image would only lose information. */
export const withoutErasing = (augment: AugmentRecipe | null): AugmentRecipe | null =>
  augment && { ...augment, erase: { ...augment.erase, p: 0 } };
