import { z } from 'zod';

/** Which of the vocabulary's classes to train on, by their numbers. */
export const trainClassesSchema = z.union([z.literal('all'), z.array(z.number().int().min(0)).min(1)]);
