import { randomUUID } from 'node:crypto';
import { constants, existsSync, type Stats } from 'node:fs';
import { copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DistillError, faultValue, systemFaultOf, toErrorValue } from '../contract/errors.ts';
import { breath } from './breath.ts';

export const isSystemError = (thrown: unknown, code: string): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code;

/** A system error (ENOSPC, EACCES ...) as the DistillError that names the file; a DistillError passes as it is. */
export function fileError(thrown: unknown, file: string): DistillError {
  if (thrown instanceof DistillError) return thrown;
  const fault = systemFaultOf(thrown);
  const { code, message, hint, retryable } = fault ? faultValue(fault, file) : toErrorValue(thrown);
  const sentence = fault ? message : `"${file}" could not be read or written (${message}).`;
  return new DistillError(code, sentence, hint, { retryable, cause: thrown });
}

/**
 * Makes a folder and all that are missing above it. Throws NOT_WRITABLE, DISK_FULL, INVALID_INPUT (a file is there, or the name is too
 * long) and the like. Gives the topmost folder that it made; undefined where none was missing.
 */
export async function makeFolders(folder: string): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true });
  } catch (thrown) {
    if (!isSystemError(thrown, 'ENOENT')) throw fileError(thrown, folder);
    // Node reports the same for a read-only file system: creating the first missing folder alone gives the true reason.
    let missing = path.resolve(folder);
    for (
      let above = path.dirname(missing);
      above !== missing && !existsSync(above);
      above = path.dirname(missing)
    )
      missing = above;
    const reason: unknown = await mkdir(missing).catch((second: unknown) => second);
    throw fileError(reason ?? thrown, folder);
  }
}

/** What is there, where it is no file; null where it is one. */
export function notAFile(info: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>): string | null {
  if (info.isFile()) return null;
  if (info.isDirectory()) return 'a folder';
  if (info.isFIFO()) return 'a named pipe';
  if (info.isSocket()) return 'a socket';
  return 'a device';
}

/**
 * What the system knows of an ordinary file. Throws INVALID_INPUT where a folder, a pipe or a device lies there: opened, a
 * pipe would wait for a writer and a device might never end. Throws NOT_FOUND and NOT_WRITABLE, too.
 */
export async function statFile(file: string): Promise<Stats> {
  const info = await stat(file).catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
  const kind = notAFile(info);
  if (kind === null) return info;
  throw new DistillError('INVALID_INPUT', `"${file}" is ${kind}, not a file.`, 'Choose a regular file.');
}

/** A file's bytes, where it is an ordinary one of at most this size. Throws what statFile and `tooLarge` throw. */
export async function readWholeFile(
  file: string,
  largest: number,
  tooLarge: () => DistillError,
): Promise<Buffer> {
  const { size } = await statFile(file);
  if (size > largest) throw tooLarge();
  return readFile(file).catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
}

/** An ordinary file's text. Throws what statFile throws. */
export async function readTextFile(file: string): Promise<string> {
  await statFile(file);
  return readFile(file, 'utf8').catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
}

const busy = ['EPERM', 'EACCES', 'EBUSY'];

/** Has the system keep a folder's names, where it can: Windows opens no folders, and some file systems flush none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder).catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close().catch(() => undefined);
}

/**
 * Renames, and has the system keep it: after a loss of power the new name is there. On Windows a virus scanner or an indexer may hold the
 * old file open for a moment.
 */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(from, to);
      const folders = new Set([path.dirname(path.resolve(to)), path.dirname(path.resolve(from))]);
      for (const folder of folders) await syncFolder(folder);
      return;
    } catch (thrown) {
      const transient = process.platform === 'win32' && busy.some((code) => isSystemError(thrown, code));
      if (!transient || attempt === 5) throw thrown;
      await sleep(50 * (attempt + 1));
    }
  }
}

/** Where a file is written before it has its name. */
const temporaryFor = (file: string): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID().slice(0, 8)}.tmp`);

/** Whether a file is one that is not whole yet, or that was never finished. */
export const isTemporaryName = (name: string): boolean => /^\..+\.[0-9a-f]{8}\.tmp$/.test(name);

/**
 * Writes the whole file or leaves the old one as it was: a temporary file in the same folder, flushed to the disk, then renamed.
 * Throws DistillError DISK_FULL, NOT_WRITABLE or NOT_FOUND (no such folder).
 */
export async function writeFileAtomic(
  file: string,
  data: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = temporaryFor(file);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameOver(temporary, file);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(thrown, file);
  }
}

/** Copies a file whole, or not at all, replacing what is there. Throws NOT_FOUND, NOT_WRITABLE, DISK_FULL. */
export async function copyFileAtomic(from: string, to: string): Promise<void> {
  const temporary = temporaryFor(to);
  try {
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    await renameOver(temporary, to);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(thrown, to);
  }
}

/** JSON for people to read as well. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export async function writeJsonAtomic(file: string, value: unknown): Promise<void> {
  await writeFileAtomic(file, jsonText(value));
}

/** The parsed JSON of a run's file. Throws DistillError NOT_FOUND, NOT_WRITABLE, or RUN_CORRUPT where it is not JSON. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readTextFile(file);
  // Texts of several files that are read at the same time come in the same turn of the event loop.
  if (breath.isDue) await breath.take();
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new DistillError(
      'RUN_CORRUPT',
      `"${file}" is not valid JSON.`,
      'Restore the file from a backup, or start the run again from its recipe.',
      { cause },
    );
  }
}
