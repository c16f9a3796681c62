import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, readdir, rm, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { fileError, isSystemError, makeFolders } from '../../platform/files.ts';
import { userFolder } from '../../platform/user-folder.ts';

/** What other programs may need while the file is filled. */
const reserve = 256 * 2 ** 20;

/**
 * In the user's folder and not the system's for temporary files, which on many a Linux lies in memory. It may be shared
 * by machines, so that a file's name identifies its owner.
 */
export const spillFolder = (): string => path.join(userFolder(), 'scratch');

const owner = encodeURIComponent(hostname());
const nameOf = (pid: number) => `${owner}~${pid}~${randomUUID().slice(0, 8)}.pixels`;
const pidIn = (name: string): number | null => {
  const [host, pid, rest] = name.split('~');
  return host === owner && rest?.endsWith('.pixels') ? Number(pid) : null;
};

/** This process's files, which go with it however it ends, unless it is killed. */
const mine = new Set<string>();

function removeAll(): void {
  for (const file of mine) rmSync(file, { force: true });
}

/**
 * Makes a file of so many bytes for what does not fit into memory, and removes those that processes left behind which
 * no longer run. Returns its path; the bytes are zeros that take no space yet.
 * Throws DistillError DISK_FULL where the disk has no room for `what`, NOT_WRITABLE.
 */
export async function createSpillFile(bytes: number, what: string, folder = spillFolder()): Promise<string> {
  const file = path.join(folder, nameOf(process.pid));
  try {
    await makeFolders(folder);
    await removeLeftovers(folder);
    const { bavail, bsize } = await statfs(folder);
    if (bytes + reserve > bavail * bsize) throw noRoom(bytes, bavail * bsize, what, folder);
    const handle = await open(file, 'wx', 0o600);
    if (mine.size === 0) process.once('exit', removeAll);
    mine.add(file);
    try {
      await handle.truncate(bytes);
    } finally {
      await handle.close();
    }
    return file;
  } catch (thrown) {
    await removeSpillFile(file);
    throw fileError(thrown, file);
  }
}

export async function removeSpillFile(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
  mine.delete(file);
  if (mine.size === 0) process.removeListener('exit', removeAll);
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = pidIn(name);
    if (pid !== null && !isRunning(pid)) await rm(path.join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return !isSystemError(thrown, 'ESRCH');
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

function noRoom(bytes: number, free: number, what: string, folder: string): DistillError {
  return new DistillError(
    'DISK_FULL',
    `${what} do not fit into memory and need ${megabytes(bytes)} in "${folder}", where ${megabytes(free)} are free.`,
    'Free some space on this disk, use smaller images, or allow more memory with --memory.',
    { retryable: true },
  );
}
