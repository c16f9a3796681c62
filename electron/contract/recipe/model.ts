import { z } from 'zod';
import { architectures } from '../architectures.ts';

export const modelSchema = z.strictObject({
  architecture: z.enum(architectures),
  /** Channels of the stem, from which all others follow. null: the architecture's own (architectures.ts). */
  width: z.number().int().min(4).max(512).nullable().default(null),
  /**
   * imagenet: the architecture's own (ResNet: 7x7 stride 2 and max pooling). small: 3x3 without stride or pooling.
   * small-stride2: 3x3 with stride 2, no pooling.
   */
  stem: z.enum(['imagenet', 'small', 'small-stride2']).default('imagenet'),
  /** linear: global average pooling and one linear layer. fastai: its two-layer head. */
  head: z.enum(['linear', 'fastai']).default('linear'),
});

export type ModelRecipe = z.output<typeof modelSchema>;
