import { lstatSync } from 'node:fs';
import { opendir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { breath } from './breath.ts';

export interface FolderFile {
  path: string;
  bytes: number;
  /** Milliseconds since 1970. */
  changed: number;
}

/** Something that lies directly in a folder; a link is not followed. */
export interface FolderEntry extends FolderFile {
  kind: 'file' | 'folder' | 'link';
}

/** What lies directly in a folder; what vanishes meanwhile or may not be looked at is left out. Throws what the file system throws. */
export async function entriesOf(folder: string): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  // Names alone: each is looked at below in any case, which shows its kind.
  for (const name of await readdir(folder)) {
    if (breath.isDue) await breath.take();
    const entry = lookAt(`${folder}${path.sep}${name}`);
    if (entry) entries.push(entry);
  }
  return entries;
}

/** null where it is gone. Synchronous: it takes microseconds, a promise several times as long, and 500 runs have 40,000 files. */
function lookAt(file: string): FolderEntry | null {
  try {
    const stats = lstatSync(file);
    const kind = stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'file';
    return { path: file, bytes: stats.size, changed: stats.mtimeMs, kind };
  } catch {
    return null;
  }
}

/**
 * All files below a folder, such as a run's; links are among them, not followed. What vanishes meanwhile or may not be read is left out,
 * as is a missing folder.
 */
export async function filesBelow(folder: string): Promise<FolderFile[]> {
  const entries = await entriesOf(folder).catch((): FolderEntry[] => []);
  const folders = entries.filter(({ kind }) => kind === 'folder');
  const below = await Promise.all(folders.map((entry) => filesBelow(entry.path)));
  return [...entries.filter(({ kind }) => kind !== 'folder'), ...below.flat()];
}

export const sumOfBytes = (files: readonly FolderFile[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Entries of a folder that are read at a time. */
const ENTRIES = 256;

/**
 * Bytes of all files below a folder, which may be a hundred thousand; links are not followed. 0 where there is none; what may not be read
 * is left out. Rejects with the signal's reason once it is aborted.
 */
export async function folderSize(folder: string, signal?: AbortSignal): Promise<number> {
  signal?.throwIfAborted();
  const below: string[] = [];
  let bytes = 0;
  try {
    for await (const entry of await opendir(folder, { bufferSize: ENTRIES })) {
      const file = `${folder}${path.sep}${entry.name}`;
      if (entry.isDirectory()) below.push(file);
      else bytes += lookAt(file)?.bytes ?? 0;
      if (!breath.isDue) continue;
      await breath.take();
      signal?.throwIfAborted();
    }
  } catch {
    // It is not there, or its disk failed meanwhile: what was found counts.
    signal?.throwIfAborted();
  }
  for (const one of below) bytes += await folderSize(one, signal);
  return bytes;
}

/** Bytes of a file, or of all files below a folder; 0 where there is neither. */
export async function sizeOf(place: string): Promise<number> {
  const stats = lstatSync(place, { throwIfNoEntry: false });
  return stats?.isDirectory() ? folderSize(place) : (stats?.size ?? 0);
}
