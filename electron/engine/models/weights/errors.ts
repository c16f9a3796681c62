import { DistillError } from '../../../contract/errors.ts';

/** The error for a weights file that contradicts itself or ends too early. */
export function corrupt(file: string, what: string, cause?: unknown): DistillError {
  const hint = 'Copy or download the file again; if it was written by another program, save it again there.';
  return new DistillError('WEIGHTS_CORRUPT', `The weights file ${file} is broken: ${what}.`, hint, { cause });
}
