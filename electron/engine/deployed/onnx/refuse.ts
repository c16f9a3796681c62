import { DistillError } from '../../../contract/errors.ts';

/** The error for a network of a kind that is not read; `what` continues "... cannot be used as an ONNX network: ". */
export const refuse = (file: string, what: string, hint: string, cause?: unknown): DistillError =>
  new DistillError('UNSUPPORTED_FORMAT', `"${file}" cannot be used as an ONNX network: ${what}.`, hint, {
    cause,
  });

export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
