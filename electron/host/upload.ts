import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DistillError, toErrorValue } from '../contract/errors.ts';
import type { UploadAnswer } from '../contract/host.ts';
import { makeFolders } from '../platform/files.ts';
import { isInside } from './confine.ts';
import { errorResponse, jsonResponse } from './responses.ts';

/** Bytes that an upload leaves free on the disk. */
const RESERVE = 64 * 2 ** 20;

export interface Upload {
  /** The file's name, with folders where a folder was dropped: 'signs/00001.ppm'. */
  name: string;
  /** Whatever was dropped together shares one, and so lands in one folder. */
  batch: string;
  /** Of the body; null where the client does not state it. */
  bytes: number | null;
}

/** What an upload's address and headers contain: `?name&batch`, content-length. */
export function uploadOf({ url, headers }: Pick<Request, 'url' | 'headers'>): Upload {
  const { searchParams } = new URL(url);
  const length = headers.get('content-length');
  return {
    name: searchParams.get('name') ?? '',
    batch: searchParams.get('batch') ?? '',
    bytes: length === null ? null : Number(length),
  };
}

export const uploadPath = '/api/upload';

/** Answers POST /api/upload where requests carry their bodies, as Electron's do. Never rejects. */
export function createUploadHandler(uploads: () => Promise<string>): (request: Request) => Promise<Response> {
  let swept: Promise<void> | null = null;
  return async (request) => {
    try {
      const folder = await uploads();
      swept ??= sweepUploads(folder);
      const body = request.body === null ? Readable.from([]) : Readable.fromWeb(request.body);
      return jsonResponse(await receiveUpload(folder, uploadOf(request), body), 201);
    } catch (thrown) {
      return errorResponse(thrown);
    }
  };
}

/**
 * Streams a body to `<uploads>/<batch>/<name>`; where the batch has that name already, it is numbered (`sign-2.png`), for two folders may
 * hold files of one name. The file appears there whole or not at all. Throws INVALID_INPUT for names that lead
 * elsewhere, DISK_FULL (before the first byte where the length is known), CANCELLED where the client goes away. What is left of the
 * body is not read, and its stream not destroyed, so that the client can still be answered.
 */
export async function receiveUpload(
  uploads: string,
  { name, batch, bytes }: Upload,
  body: Readable,
): Promise<UploadAnswer> {
  const { folder, file } = target(uploads, batch, name);
  await makeFolders(path.dirname(file)).catch((thrown: unknown) => {
    throw uploadError(thrown, name);
  });
  const limit = await freeBytes(folder);
  if (bytes !== null && bytes > limit) throw diskFull(name);
  const partial = path.join(path.dirname(file), `.${randomUUID()}.part`);
  try {
    const written = await write(partial, body, limit, name);
    if (bytes !== null && written !== bytes) throw cutOff(name);
    return { path: await settle(partial, file), folder, bytes: written };
  } catch (thrown) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw body.errored ? cutOff(name) : uploadError(thrown, name);
  }
}

/** Moves a whole file to its name, or to the first number after it that is free; gives the path. */
async function settle(partial: string, file: string): Promise<string> {
  const { dir, name, ext } = path.parse(file);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? file : path.join(dir, `${name}-${number}${ext}`);
    try {
      // Takes the name; renaming alone would overwrite, and links are not known to every file system.
      await (await open(candidate, 'wx')).close();
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw thrown;
    }
    try {
      await rename(partial, candidate);
      return candidate;
    } catch (thrown) {
      await rm(candidate, { force: true });
      throw thrown;
    }
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

/** Batches that begin so are looked at once and not kept: images to try a model on. */
const PASSING = 'try-';
/** Milliseconds after which nobody looks at them any more, and no upload is still going on. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** Removes what nobody needs any more of earlier uploads: images that were tried, and beginnings of files that a killed server left. */
export async function sweepUploads(uploads: string, now = Date.now()): Promise<void> {
  const entries = await readdir(uploads, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    const isPassing = entry.isDirectory() && entry.parentPath === uploads && entry.name.startsWith(PASSING);
    const isPartial = entry.isFile() && /^\.[0-9a-f-]{36}\.part$/.test(entry.name);
    if (!isPassing && !isPartial) continue;
    const file = path.join(entry.parentPath, entry.name);
    const stats = await stat(file).catch(() => null);
    if (stats && now - stats.mtimeMs > STALE_MS)
      await rm(file, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** What cannot be in a name: separators in disguise everywhere, on Windows also drives, streams and reserved characters. */
const forbidden = process.platform === 'win32' ? /[\p{Cc}\\:*?"<>|]|[. ]$/u : /[\p{Cc}\\]/u;

function target(uploads: string, batch: string, name: string): { folder: string; file: string } {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(batch))
    throw invalid('The upload has no valid batch name.', 'Name it with letters, digits and hyphens.');
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

function uploadError(thrown: unknown, name: string): DistillError {
  if (thrown instanceof DistillError) return thrown;
  const { code, message, hint, retryable } = toErrorValue(thrown);
  if (code === 'DISK_FULL') return diskFull(name);
  return new DistillError(code, `"${name}" could not be stored (${message}).`, hint, {
    retryable,
    cause: thrown,
  });
}
