import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { ErrorCode } from '../../../contract/error-codes.ts';
import { DistillError } from '../../../contract/errors.ts';
import { makeFolders } from '../../../platform/files.ts';
import type { Progress } from '../dataset.ts';
import { acceptPart, hasContent } from './content.ts';
import { fetchPart, lengthOf, type Patience, usualPatience } from './fetch-part.ts';
import { hasLength, type RemoteFile } from './remote-file.ts';

export interface DownloadOptions {
  /** The files' names are appended to it. */
  baseUrl: string;
  signal: AbortSignal;
  /** Bytes, over all files. */
  onProgress: Progress;
  /** Whether the server may send a download on to this address; usually to any. */
  mayFollow?: (url: URL) => boolean;
  /** What becomes of another file under a file's name. */
  others?: 'refuse' | 'replace';
  /** The code of a wrong checksum. */
  corrupt?: ErrorCode;
  /** What to do by hand where the network does not serve: the middle of a sentence. */
  byHand?: string;
  patience?: Patience;
  /** Bytes that may be written to the folder's disk. */
  freeBytes?: (folder: string) => Promise<number>;
}

/** What the system and other programs may need meanwhile. */
const reserve = 64 * 2 ** 20;

/**
 * Fetches files into a folder, which is made where it is missing. A file under its own name is whole and verified; one that is under
 * way is `<name>.part`, stays after a cut or a cancellation, and is gone on with.
 * Throws DISK_FULL before it begins where they do not fit, INVALID_INPUT for another file under a file's name, NETWORK, `corrupt` (a
 * wrong checksum: the file is deleted), CANCELLED, NOT_WRITABLE.
 */
export async function downloadFiles(
  folder: string,
  remote: readonly RemoteFile[],
  options: DownloadOptions,
): Promise<void> {
  const { baseUrl, signal, onProgress, mayFollow = () => true, patience = usualPatience } = options;
  const byHand = options.byHand ?? 'download the file with a browser into the same folder';
  await makeFolders(folder);
  const files = remote.map((one) => {
    const file = path.join(folder, one.name);
    return { one, file, part: `${file}.part` };
  });
  const total = totalBytes(remote);
  /** Bytes on the disk, by name. */
  const have = new Map<string, number>();
  const report = ({ name, bytes }: RemoteFile, there: number) => {
    have.set(name, Math.min(there, bytes));
    onProgress(sum([...have.values()]), total);
  };
  const missing: typeof files = [];
  for (const entry of files) {
    const isWhole = await isThere(entry.file, entry.one, options);
    if (!isWhole) missing.push(entry);
    report(entry.one, isWhole ? entry.one.bytes : await lengthOf(entry.part));
  }
  await checkRoom(folder, total - sum([...have.values()]), options.freeBytes ?? freeOn);
  for (const { one, file, part } of missing) {
    const url = addressOf(one.name, baseUrl);
    const onBytes = (there: number) => report(one, there);
    await fetchPart({ url, part, length: one, signal, mayFollow, onBytes, patience, byHand });
    await acceptPart(part, file, one, { signal, corrupt: options.corrupt ?? 'ARCHIVE_CORRUPT' });
    report(one, one.bytes);
  }
}

/** Whether the whole file is there already. Throws INVALID_INPUT where something else has its name and is not to be replaced. */
async function isThere(file: string, one: RemoteFile, { signal, others }: DownloadOptions): Promise<boolean> {
  const length = await lengthOf(file);
  if (length === 0) return false;
  if (hasLength(one, length) && (await hasContent(file, one, signal))) return true;
  if (others === 'replace') return false;
  throw new DistillError(
    'INVALID_INPUT',
    `"${file}" is there already and is not the published file (it has ${length} bytes, the published one ${one.bytes}).`,
    'Move the file away, or choose another folder.',
  );
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
    `The download needs ${megabytes(bytes)} in "${folder}", where ${megabytes(free)} are free.`,
    'Free some space on this disk, or choose another folder.',
    { retryable: true },
  );
}

/** The address of a file below another address, which may end with a slash. */
export const addressOf = (name: string, baseUrl: string): URL =>
  new URL(name, baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);

/** Bytes of files that lie in a folder, whole or begun. */
export async function downloadedBytes(folder: string, files: readonly RemoteFile[]): Promise<number> {
  const lengths = files.map(async ({ name, bytes }) => {
    const file = path.join(folder, name);
    return Math.min(bytes, (await lengthOf(file)) || (await lengthOf(`${file}.part`)));
  });
  return sum(await Promise.all(lengths));
}

/** Whether a download of so many bytes leaves the system enough. */
export const fits = (bytes: number, free: number): boolean => bytes === 0 || bytes + reserve <= free;

export const totalBytes = (files: readonly RemoteFile[]): number => sum(files.map(({ bytes }) => bytes));

async function freeOn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
