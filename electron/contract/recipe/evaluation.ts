import { z } from 'zod';
import { expectedSharesSchema } from '../unseen.ts';
import { probability } from './quantities.ts';

export const evaluationSchema = z.strictObject({
  batchSize: z.number().int().min(1).max(4096).default(128),
  tta: z
    .strictObject({
      /** Numbers of augmented copies to average over; 0 is the plain image. */
      counts: z.array(z.number().int().min(0).max(64)).default([]),
      /** Weight of the plain image: p = (1-beta)*mean(augmented) + beta*plain (fastai's tta). */
      beta: probability.default(0.25),
    })
    .prefault({}),
  /** What the biases of models are corrected by to evaluate classes that the student was not trained on (evaluate/unseen.ts). */
  expectedShares: expectedSharesSchema.default('teacher'),
});
