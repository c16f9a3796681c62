import { z } from 'zod';
import { modelSchema } from './model.ts';
import { trainingSchema } from './training.ts';

export const studentSchema = z.strictObject({
  model: modelSchema,
  /** Weights to start from: a file (safetensors or .pth), or published ones by `torchvision:` and torchvision's name. */
  weights: z.string().min(1).nullable().default(null),
  training: trainingSchema.prefault({}),
});
