import { type FileHandle, open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { compareKeys, maxFileBytes, noSuchKey, type Source } from './source.ts';
import { walk } from './walk.ts';

/**
 * The files below a folder. A link to a file inside the folder counts as that file; a link to a file outside is listed, so
 * that a report can name it, and refused when read; links to folders are followed, wherever they lead.
 */
export async function openFolder(folder: string, signal?: AbortSignal): Promise<Source> {
  const root = await realpath(folder);
  const { files, strays, skipped, notes, places } = await walk(root, signal);
  const placeOf = (key: string): string => {
    if (strays.has(key)) throw unreadable(key, 'is a link that leaves the folder');
    if (!files.has(key)) throw noSuchKey(key);
    return path.join(root, key);
  };
  return {
    keys: [...files, ...strays].sort(compareKeys),
    skipped,
    notes,
    places,
    read: async (key) => readWhole(placeOf(key), key),
    head: async (key, length) => readHead(placeOf(key), key, length),
    close: () => Promise.resolve(),
  };
}

async function readWhole(file: string, key: string): Promise<Uint8Array> {
  const handle = await openNamed(file, key);
  try {
    const { size } = await handle.stat();
    if (size > maxFileBytes)
      throw unreadable(key, `has ${size} bytes, more than the limit of ${maxFileBytes}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function readHead(file: string, key: string, length: number): Promise<Uint8Array> {
  const handle = await openNamed(file, key);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const openNamed = (file: string, key: string): Promise<FileHandle> =>
  open(file).catch((cause: unknown) => {
    const why = cause instanceof Error ? `cannot be opened (${cause.message})` : 'cannot be opened';
    throw unreadable(key, why, cause);
  });

function unreadable(key: string, why: string, cause?: unknown): DistillError {
  return new DistillError(
    'IMAGE_UNREADABLE',
    `"${key}" ${why}.`,
    'Put a readable copy of the file in its place.',
    { cause },
  );
}
