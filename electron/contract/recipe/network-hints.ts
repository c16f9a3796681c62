import { z } from 'zod';
import { imageSchema } from './image.ts';

const { size, resize, mean, std } = imageSchema.shape;
const statistics = z.strictObject({ mean: mean.unwrap(), std: std.unwrap() });

/** What a network's file may leave open about its input and its output, one schema each. */
export const hintFields = {
  /** Side in pixels of its square image. */
  size: size.unwrap(),
  /** How an image of another shape is made square. */
  resize: resize.unwrap(),
  /** What the network is fed of a pixel: 0 to 255, that over 255, or that normalised by statistics of RGB in [0, 1]. */
  values: z.union([z.enum(['pixels', 'unit']), statistics]),
  channels: z.enum(['RGB', 'BGR']),
  /** The order of the axes of its input. */
  layout: z.enum(['NCHW', 'NHWC']),
  /** What its outputs are. */
  gives: z.enum(['logits', 'probabilities']),
};

/** null: as the file states it, or the files beside it. */
export const networkHintsSchema = z.strictObject({
  size: hintFields.size.nullable().default(null),
  resize: hintFields.resize.nullable().default(null),
  values: hintFields.values.nullable().default(null),
  channels: hintFields.channels.nullable().default(null),
  layout: hintFields.layout.nullable().default(null),
  gives: hintFields.gives.nullable().default(null),
});

export type NetworkHints = z.output<typeof networkHintsSchema>;
