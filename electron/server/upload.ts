import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { DistillError, toErrorValue } from '../contract/errors.ts';
import type { UploadAnswer } from '../contract/host.ts';
import { isInside } from '../host/confine.ts';

/** Bytes that an upload leaves free on the disk. */
const RESERVE = 64 * 2 ** 20;

export interface Upload {
  /** The file's name, with folders where a folder was dropped: 'signs/00001.ppm'. */
  name: string;
  /** Whatever was dropped together shares one, and so lands in one folder. */
  batch: string;
  /** Of the body; null where the client does not tell. */
  bytes: number | null;
}

/**
 * Streams a body to `<uploads>/<batch>/<name>`. The file appears there whole or not at all. Throws INVALID_INPUT for names that lead
 * elsewhere, DISK_FULL (before the first byte where the length is known), CANCELLED where the client goes away. What is left of the
 * body is not read, and its stream not destroyed, so that the client can still be answered.
 */
export async function receiveUpload(
  uploads: string,
  { name, batch, bytes }: Upload,
  body: Readable,
): Promise<UploadAnswer> {
  const { folder, file } = target(uploads, batch, name);
  await mkdir(path.dirname(file), { recursive: true }).catch((thrown: unknown) => {
    throw told(thrown, name);
  });
  const limit = await freeBytes(folder);
  if (bytes !== null && bytes > limit) throw diskFull(name);
  const partial = path.join(path.dirname(file), `.${randomUUID()}.part`);
  try {
    const written = await write(partial, body, limit, name);
    if (bytes !== null && written !== bytes) throw cutOff(name);
    await rename(partial, file);
    return { path: file, folder, bytes: written };
  } catch (thrown) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw body.errored ? cutOff(name) : told(thrown, name);
  }
}

async function write(partial: string, body: Readable, limit: number, name: string): Promise<number> {
  const handle = await open(partial, 'wx');
  let written = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      written += chunk.length;
      if (written > limit) throw diskFull(name);
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return written;
}

/** What cannot be in a name: separators in disguise everywhere, on Windows also drives, streams and reserved characters. */
const forbidden = process.platform === 'win32' ? /[\p{Cc}\\:*?"<>|]|[. ]$/u : /[\p{Cc}\\]/u;

function target(uploads: string, batch: string, name: string): { folder: string; file: string } {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(batch))
    throw invalid('The upload has no proper batch.', 'Name it with letters, digits and hyphens.');
  const folder = path.join(path.resolve(uploads), batch);
  const parts = name.split('/');
  const isBad = (part: string): boolean =>
    part === '' || part === '.' || part === '..' || part.length > 200 || forbidden.test(part);
  const file = path.join(folder, ...parts);
  if (name === '' || parts.length > 32 || parts.some(isBad) || !isInside(folder, file))
    throw invalid(
      `"${name.slice(0, 200)}" cannot be a file's name here.`,
      'Rename the file, then try again.',
    );
  return { folder, file };
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, bavail * bsize - RESERVE);
}

const invalid = (message: string, hint: string): DistillError =>
  new DistillError('INVALID_INPUT', message, hint);

const diskFull = (name: string): DistillError =>
  new DistillError(
    'DISK_FULL',
    `The disk is too full for "${name}".`,
    'Free some space on the disk of the uploads folder, then try again.',
    { retryable: true },
  );

const cutOff = (name: string): DistillError =>
  new DistillError('CANCELLED', `The upload of "${name}" was cut off.`, 'Try it again.', { retryable: true });

function told(thrown: unknown, name: string): DistillError {
  if (thrown instanceof DistillError) return thrown;
  const { code, message, hint, retryable } = toErrorValue(thrown);
  if (code === 'DISK_FULL') return diskFull(name);
  return new DistillError(code, `"${name}" could not be stored (${message}).`, hint, {
    retryable,
    cause: thrown,
  });
}
