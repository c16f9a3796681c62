import { z } from 'zod';
import { backendNames } from './doctor.ts';

/** Which backend computes; auto: the best that is here. */
export const backendSchema = z.enum(['auto', ...backendNames]).default('auto');

export const traceModes = ['auto', 'on', 'off'] as const;
export type TraceMode = (typeof traceModes)[number];

/** Where and how a run computes; unlike the recipe it does not change the result (beyond the backend's rounding). */
export const runtimeSchema = z.strictObject({
  backend: backendSchema,
  /** Threads of the native backend; null: all cores. */
  threads: z.number().int().min(1).max(256).nullable().default(null),
  /** Worker threads that decode and augment. */
  workers: z.number().int().min(1).max(64).default(1),
  /** MiB of decoded images to keep in memory; those of a larger dataset lie in a file. null: a quarter of the machine's. */
  memory: z.number().int().min(0).max(1_048_576).nullable().default(null),
  /** Whether to replay a training step as one graph. auto: where the backend can. */
  trace: z.enum(traceModes).default('auto'),
});
export type Runtime = z.output<typeof runtimeSchema>;
