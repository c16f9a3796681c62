import { z } from 'zod';

/** What is averaged over several teachers: their probabilities at the temperature of each term, or their logits. */
export const averagingSchema = z.enum(['probabilities', 'logits']);
export type Averaging = z.output<typeof averagingSchema>;
