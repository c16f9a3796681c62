import { z } from 'zod';
import { roleSchema } from './run.ts';

/** A model's predictions for the watched images, after an epoch. */
export const probeSchema = z.object({
  role: roleSchema,
  /** 0: the teacher's predictions for the student's images, before the student's first epoch. */
  epoch: z.number().int().min(0),
  predictions: z.array(
    z.object({
      key: z.string(),
      top5: z.array(z.object({ id: z.number().int(), probability: z.number() })),
    }),
  ),
});
export type Probe = z.output<typeof probeSchema>;

/** The images, of the held-out part (of the training part where nothing is held out). */
export const watchedImagesSchema = z.array(z.object({ key: z.string(), label: z.number().int() }));

export interface Probes {
  images: z.output<typeof watchedImagesSchema>;
  probes: Probe[];
}
