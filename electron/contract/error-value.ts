import { z } from 'zod';
import { errorCodes } from './error-codes.ts';

/**
 * An error as it travels: no stack, which goes to the log only. Apart from `errors.ts`, so that threads which throw errors and check
 * none start without zod.
 */
export const errorValueSchema = z.object({
  code: z.enum(errorCodes),
  /** One sentence for people: what went wrong, naming the file or the value. */
  message: z.string(),
  /** One sentence: what to do about it. Empty only for INTERNAL and CANCELLED. */
  hint: z.string(),
  /** Whether the same call may succeed later without a change of input. */
  retryable: z.boolean(),
});
export type ErrorValue = z.output<typeof errorValueSchema>;
