import type { ErrorCode } from './error-codes.ts';
import type { ErrorValue } from './error-value.ts';
import { safeMessage } from './shown-text.ts';
import { type SystemFault, systemFaults } from './system-errors.ts';

export type { ErrorValue };

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
