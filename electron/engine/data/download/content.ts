import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { ErrorCode } from '../../../contract/error-codes.ts';
import { DistillError } from '../../../contract/errors.ts';
import { fileError, renameOver } from '../../../platform/files.ts';
import type { RemoteFile } from './remote-file.ts';

/** A file's checksum in hex; `onBytes` is called with the bytes read so far. Throws CANCELLED, NOT_FOUND, NOT_WRITABLE. */
export async function hashOf(
  file: string,
  algorithm: RemoteFile['hash']['algorithm'],
  signal: AbortSignal,
  onBytes: (read: number) => void = () => undefined,
): Promise<string> {
  const hash = createHash(algorithm);
  let read = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20, signal })) {
      hash.update(chunk as Buffer);
      onBytes((read += (chunk as Buffer).length));
    }
  } catch (thrown) {
    if (signal.aborted)
      throw new DistillError('CANCELLED', 'The check was stopped; what has arrived is kept.');
    throw fileError(thrown, file);
  }
  return hash.digest('hex');
}

/** Whether a file has the published content. Throws as hashOf does. */
export const hasContent = async (
  file: string,
  { hash: { algorithm, hex } }: RemoteFile,
  signal: AbortSignal,
): Promise<boolean> => (await hashOf(file, algorithm, signal)).startsWith(hex);

/** Gives a finished part the file's name, once its content is right. Throws `corrupt` where it is not: the part is deleted. */
export async function acceptPart(
  part: string,
  file: string,
  { name, hash: { algorithm, hex } }: RemoteFile,
  { signal, corrupt }: { signal: AbortSignal; corrupt: ErrorCode },
): Promise<void> {
  const found = await hashOf(part, algorithm, signal);
  try {
    if (!found.startsWith(hex)) {
      await rm(part);
      throw new DistillError(
        corrupt,
        `"${name}" arrived damaged and was deleted: its checksum is ${found.slice(0, hex.length)} in place of ${hex}.`,
        'Start the download again; whatever else has arrived is kept.',
        { retryable: true },
      );
    }
    const handle = await open(part, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameOver(part, file);
  } catch (thrown) {
    throw fileError(thrown, part);
  }
}
