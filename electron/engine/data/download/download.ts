import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DistillError } from '../../../contract/errors.ts';
import { fileError, makeFolders, renameOver } from '../../../platform/files.ts';
import type { Progress } from '../dataset.ts';
import type { Archive } from './archives.ts';
import { fetchPart, lengthOf, type Patience, usualPatience } from './fetch-part.ts';

export interface DownloadOptions {
  /** The archives' names are appended to it. */
  baseUrl: string;
  signal: AbortSignal;
  /** Bytes, over all archives. */
  onProgress: Progress;
  patience?: Patience;
  /** Bytes that may be written to the folder's disk. */
  freeBytes?: (folder: string) => Promise<number>;
}

/** What the system and other programs may need meanwhile. */
const reserve = 64 * 2 ** 20;

/**
 * Fetches archives into a folder, which is made where it is missing. An archive under its own name is whole and verified;
 * one that is under way is `<name>.part`, stays after a cut or a cancellation, and is gone on with.
 * Throws DISK_FULL before it begins where they do not fit, INVALID_INPUT for another file under an archive's name, NETWORK,
 * ARCHIVE_CORRUPT (a wrong checksum: the file is deleted), CANCELLED, NOT_WRITABLE.
 */
export async function downloadArchives(
  folder: string,
  archives: readonly Archive[],
  { baseUrl, signal, onProgress, patience = usualPatience, freeBytes = freeOn }: DownloadOptions,
): Promise<void> {
  await makeFolders(folder);
  const files = archives.map((archive) => {
    const file = path.join(folder, archive.name);
    return { archive, file, part: `${file}.part` };
  });
  const total = totalBytes(archives);
  /** Bytes on the disk, by name. */
  const have = new Map<string, number>();
  const report = ({ name, bytes }: Archive, there: number) => {
    have.set(name, Math.min(there, bytes));
    onProgress(sum([...have.values()]), total);
  };
  const missing: typeof files = [];
  for (const one of files) {
    const isWhole = await isThere(one.file, one.archive, signal);
    if (!isWhole) missing.push(one);
    report(one.archive, isWhole ? one.archive.bytes : await lengthOf(one.part));
  }
  await checkRoom(folder, total - sum([...have.values()]), freeBytes);
  for (const { archive, file, part } of missing) {
    const url = new URL(archive.name, baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`).href;
    const onBytes = (there: number) => report(archive, there);
    await fetchPart({ url, part, bytes: archive.bytes, signal, onBytes, patience });
    await accept(part, file, archive, signal);
  }
}

/** Whether the whole archive is there already. Throws INVALID_INPUT where something else has its name. */
async function isThere(file: string, archive: Archive, signal: AbortSignal): Promise<boolean> {
  const length = await lengthOf(file);
  if (length === 0) return false;
  if (length === archive.bytes && (await md5Of(file, signal)) === archive.md5) return true;
  throw new DistillError(
    'INVALID_INPUT',
    `"${file}" is there already and is not the published archive (it has ${length} bytes, the archive ${archive.bytes}).`,
    'Move the file away, or choose another folder.',
  );
}

/** Gives the finished part the archive's name, once its content is right. */
async function accept(part: string, file: string, archive: Archive, signal: AbortSignal): Promise<void> {
  const md5 = await md5Of(part, signal);
  try {
    if (md5 !== archive.md5) {
      await rm(part);
      throw new DistillError(
        'ARCHIVE_CORRUPT',
        `"${archive.name}" arrived damaged and was deleted: its checksum is ${md5} in place of ${archive.md5}.`,
        'Start the download again; the other archives are kept.',
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

async function md5Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  try {
    await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash, { signal });
  } catch (thrown) {
    if (signal.aborted)
      throw new DistillError('CANCELLED', 'The download was stopped; what has arrived is kept.');
    throw fileError(thrown, file);
  }
  return hash.digest('hex');
}

async function checkRoom(
  folder: string,
  bytes: number,
  freeBytes: (folder: string) => Promise<number>,
): Promise<void> {
  if (bytes === 0) return;
  const free = await freeBytes(folder);
  if (fits(bytes, free)) return;
  throw new DistillError(
    'DISK_FULL',
    `The archives need ${megabytes(bytes)} in "${folder}", where ${megabytes(free)} are free.`,
    'Free some space on this disk, or choose another folder.',
    { retryable: true },
  );
}

/** Bytes of archives that lie in a folder, whole or begun. */
export async function downloadedBytes(folder: string, archives: readonly Archive[]): Promise<number> {
  const lengths = archives.map(async ({ name, bytes }) => {
    const file = path.join(folder, name);
    return Math.min(bytes, (await lengthOf(file)) || (await lengthOf(`${file}.part`)));
  });
  return sum(await Promise.all(lengths));
}

/** Whether a download of so many bytes leaves the system enough. */
export const fits = (bytes: number, free: number): boolean => bytes === 0 || bytes + reserve <= free;

export const totalBytes = (archives: readonly Archive[]): number => sum(archives.map(({ bytes }) => bytes));

async function freeOn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
