import { DistillError } from '../../../contract/errors.ts';
import { listed } from '../../../contract/listed.ts';
import type { OnnxHeader } from './header.ts';

/** The error for a network of a kind that is not read; `what` continues "... cannot be used as an ONNX network: ". */
export const refuse = (file: string, what: string, hint: string, cause?: unknown): DistillError =>
  new DistillError('UNSUPPORTED_FORMAT', `"${file}" cannot be used as an ONNX network: ${what}.`, hint, {
    cause,
  });

export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** The error for a file that ONNX Runtime does not load. */
export function notLoaded(
  file: string,
  { customOperators, externalFiles }: OnnxHeader,
  cause: unknown,
): DistillError {
  const message = messageOf(cause);
  const missing = externalFiles.filter((name) => message.includes(name));
  if (missing.length > 0 || (externalFiles.length > 0 && /external/i.test(message)))
    return refuse(
      file,
      `its weights lie in ${listed(missing.length > 0 ? missing : externalFiles)}, which cannot be read beside it`,
      'Put that file into the same folder, or save the network as one file.',
      cause,
    );
  if (customOperators.length > 0)
    return refuse(
      file,
      `it has operators that are not ONNX's own: ${listed(customOperators)}`,
      "Export it again with ONNX's own operators; ONNX Runtime runs those without further libraries.",
      cause,
    );
  return refuse(file, message, 'Check the file with the program that wrote it.', cause);
}
