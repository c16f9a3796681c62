import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DistillError, toErrorValue, type ErrorCode } from '../contract/errors.ts';

const sentences: Partial<Record<ErrorCode, (file: string) => string>> = {
  DISK_FULL: (file) => `The disk is full: "${file}" could not be written.`,
  NOT_WRITABLE: (file) => `"${file}" may not be read or written.`,
  NOT_FOUND: (file) => `"${file}" does not exist.`,
  INVALID_INPUT: (file) => `"${file}" is a folder where a file is needed.`,
};

export const isSystemError = (thrown: unknown, code: string): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code;

/** A system error (ENOSPC, EACCES ...) as the DistillError that names the file; a DistillError passes as it is. */
export function fileError(thrown: unknown, file: string): DistillError {
  if (thrown instanceof DistillError) return thrown;
  if (isSystemError(thrown, 'EEXIST')) {
    const hint = 'Name another folder, or move the file away.';
    return new DistillError('INVALID_INPUT', `"${file}" is a file where a folder is needed.`, hint, {
      cause: thrown,
    });
  }
  const { code, message, hint, retryable } = toErrorValue(thrown);
  const sentence = sentences[code]?.(file) ?? `"${file}" could not be read or written (${message}).`;
  return new DistillError(code, sentence, hint, { retryable, cause: thrown });
}

const busy = ['EPERM', 'EACCES', 'EBUSY'];

/** Renames; on Windows a virus scanner or an indexer may hold the old file open for a moment. */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (thrown) {
      const transient = process.platform === 'win32' && busy.some((code) => isSystemError(thrown, code));
      if (!transient || attempt === 5) throw thrown;
      await sleep(50 * (attempt + 1));
    }
  }
}

/**
 * Writes the whole file or leaves the old one as it was: a temporary file in the same folder, flushed to the disk, then renamed.
 * Throws DistillError DISK_FULL, NOT_WRITABLE or NOT_FOUND (no such folder).
 */
export async function writeFileAtomic(
  file: string,
  data: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID().slice(0, 8)}.tmp`);
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

/** JSON for people to read as well. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export async function writeJsonAtomic(file: string, value: unknown): Promise<void> {
  await writeFileAtomic(file, jsonText(value));
}

/** The parsed JSON of a run's file. Throws DistillError NOT_FOUND, NOT_WRITABLE, or RUN_CORRUPT where it is not JSON. */
export async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    throw fileError(thrown, file);
  }
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
