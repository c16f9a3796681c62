import { DistillError, type ErrorValue } from '../../electron/contract/errors.ts';
import type { Host } from './host.ts';
import { authorization } from './session.ts';

/** Sends one file as a stream; XMLHttpRequest, because fetch does not report the progress of an upload. */
function send(
  file: File,
  batch: string,
  { signal, onSent }: { signal: AbortSignal | undefined; onSent: (bytes: number) => void },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const name = file.webkitRelativePath || file.name;
    request.open('POST', `/api/upload?${new URLSearchParams({ name, batch })}`);
    for (const [header, value] of Object.entries(authorization())) request.setRequestHeader(header, value);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('load', () => {
      const answer = request.response as { path?: string } & Partial<ErrorValue>;
      if (request.status < 300 && answer.path !== undefined) {
        resolve(answer.path);
        return;
      }
      reject(
        new DistillError(
          answer.code ?? 'INTERNAL',
          answer.message ?? `The upload of ${name} failed.`,
          answer.hint ?? '',
        ),
      );
    });
    request.addEventListener('error', () =>
      reject(
        new DistillError('ENGINE_GONE', `The upload of ${name} was cut off.`, 'Try it again.', {
          retryable: true,
        }),
      ),
    );
    request.addEventListener('abort', () =>
      reject(new DistillError('CANCELLED', 'The upload was cancelled.')),
    );
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** Sends files to the engine's machine, one after the other; gives their paths there. */
export const upload: Host['bring'] = async (files, { signal, onProgress, passing = false } = {}) => {
  // The host removes those that begin with "try-" after a day. Not randomUUID, which a page by plain http of another machine lacks.
  const random = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join('');
  const batch = `${passing ? 'try-' : ''}${random}`;
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const paths: string[] = [];
  let before = 0;
  for (const file of files) {
    const onSent = (bytes: number) => onProgress?.({ sentBytes: before + bytes, totalBytes });
    paths.push(await send(file, batch, { signal, onSent }));
    before += file.size;
  }
  return paths;
};
