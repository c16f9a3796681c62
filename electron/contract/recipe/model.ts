import { z } from 'zod';
import { architectures, ownDepth } from '../architectures.ts';

const fieldsSchema = z.strictObject({
  architecture: z.enum(architectures),
  /** Channels of the stem, from which all others follow. null: the architecture's own (architectures.ts). */
  width: z.number().int().min(4).max(512).nullable().default(null),
  /** Blocks of the body, of an architecture that lets it be chosen (architectures.ts). Absent: the architecture's own. */
  depth: z.number().int().min(2).max(16).optional(),
  /**
   * imagenet: the architecture's own (ResNet: 7x7 stride 2 and max pooling). small: 3x3 without stride or pooling.
   * small-stride2: 3x3 with stride 2, no pooling.
   */
  stem: z.enum(['imagenet', 'small', 'small-stride2']).default('imagenet'),
  /** linear: global average pooling and one linear layer. fastai: its two-layer head. */
  head: z.enum(['linear', 'fastai']).default('linear'),
});

export const modelSchema = fieldsSchema.refine(
  ({ architecture, depth }) => depth === undefined || ownDepth(architecture) !== null,
  { path: ['depth'], error: 'The depth of this architecture cannot be chosen.' },
);

export type ModelRecipe = z.output<typeof modelSchema>;
