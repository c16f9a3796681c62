import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface FolderFile {
  path: string;
  bytes: number;
  /** Milliseconds since 1970. */
  changed: number;
}

/**
 * All files below a folder, links not followed. What vanishes meanwhile or may not be read is left out, as is a missing folder.
 * Rejects with the signal's reason once it is aborted.
 */
export async function filesBelow(folder: string, signal?: AbortSignal): Promise<FolderFile[]> {
  signal?.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry): Promise<FolderFile[]> => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(file, signal);
      const known = await lstat(file).catch(() => null);
      return known ? [{ path: file, bytes: known.size, changed: known.mtimeMs }] : [];
    }),
  );
  return found.flat();
}

export const sumOfBytes = (files: readonly FolderFile[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Bytes of all files below a folder; 0 where there is none. */
export const folderSize = async (folder: string, signal?: AbortSignal): Promise<number> =>
  sumOfBytes(await filesBelow(folder, signal));
