import { z } from 'zod';
import { type ErrorCode, errorCodes } from './error-codes.ts';
import { safeMessage } from './shown-text.ts';
import { type SystemFault, systemFaults } from './system-errors.ts';

/** An error as it travels: no stack, which goes to the log only. */
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

/** The one exception class that our own code throws; anything else that arrives at a border becomes INTERNAL there. */
export class DistillError extends Error implements ErrorValue {
  override readonly name = 'DistillError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    hint = '',
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(safeMessage(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = safeMessage(hint);
    this.retryable = options.retryable ?? false;
  }
}

/** Turns whatever was thrown into the value that may cross a border. */
export function toErrorValue(thrown: unknown): ErrorValue {
  if (thrown instanceof DistillError) {
    const { code, message, hint, retryable } = thrown;
    return { code, message, hint, retryable };
  }
  if (!(thrown instanceof Error))
    return { code: 'INTERNAL', message: safeMessage(String(thrown)), hint: '', retryable: false };
  const fault = systemFaultOf(thrown);
  const file = 'path' in thrown && typeof thrown.path === 'string' ? thrown.path : null;
  if (fault && file !== null) return faultValue(fault, file);
  const message = safeMessage(thrown.message);
  return {
    code: fault?.code ?? 'INTERNAL',
    message,
    hint: fault?.hint ?? '',
    retryable: fault?.retryable ?? false,
  };
}

/** What a system error (ENOSPC, EACCES ...) means; undefined for anything else. */
export function systemFaultOf(thrown: unknown): SystemFault | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  return Object.hasOwn(systemFaults, thrown.code) ? systemFaults[thrown.code] : undefined;
}

/** A system error about this file. */
export function faultValue(
  { code, sentence, hint, retryable = false }: SystemFault,
  file: string,
): ErrorValue {
  return { code, message: safeMessage(sentence(file)), hint, retryable };
}
