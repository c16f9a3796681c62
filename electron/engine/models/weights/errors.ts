import { DistillError, toErrorValue } from '../../../contract/errors.ts';

/** The error for a weights file that contradicts itself or ends too early. */
export function corrupt(file: string, what: string, cause?: unknown): DistillError {
  const hint = 'Copy or download the file again; if it was written by another program, save it again there.';
  return new DistillError('WEIGHTS_CORRUPT', `The weights file ${file} is broken: ${what}.`, hint, { cause });
}

/** The error for a file that the system would not open, read or write. */
export function inaccessible(file: string, cause: unknown): DistillError {
  const { code, message, hint, retryable } = toErrorValue(cause);
  return new DistillError(code, `The weights file ${file} could not be opened: ${message}.`, hint, {
    retryable,
    cause,
  });
}
