import { lstat, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError, isSystemError, makeFolders } from '../../platform/files.ts';

/** With the time behind it no system's limit of a name is near. */
const mostBytes = 64;

/** A name as a part of file names on every system: lower case, digits and dashes. */
export function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, mostBytes)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'run' : plain;
}

/** Local time as YYYYMMDD-HHMMSS. */
export function stamp(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  return `${date}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
}

/** Makes a folder of its own for a run; a second one of the same second gets the suffix -2. Throws NOT_WRITABLE, DISK_FULL. */
export async function makeFolder(out: string, name: string, time: Date): Promise<string> {
  const base = path.resolve(out, `${slug(name)}-${stamp(time)}`);
  try {
    await makeFolders(path.dirname(base));
    for (let count = 1; ; count++) {
      const folder = count === 1 ? base : `${base}-${count}`;
      try {
        await mkdir(folder);
        return folder;
      } catch (thrown) {
        if (!isSystemError(thrown, 'EEXIST')) throw thrown;
      }
    }
  } catch (thrown) {
    throw fileError(thrown, base);
  }
}

/** Makes the folder of this name. Throws INVALID_INPUT where it is there, NOT_WRITABLE, DISK_FULL. */
export async function makeNamedFolder(out: string, name: string): Promise<string> {
  const folder = path.resolve(out, name);
  try {
    await mkdir(folder);
    return folder;
  } catch (thrown) {
    throw fileError(thrown, folder);
  }
}

/** The path, or where something is there already the first of path-2, path-3 ... that is free. Throws NOT_WRITABLE. */
export async function freePlace(wanted: string): Promise<string> {
  for (let count = 1; ; count++) {
    const place = count === 1 ? wanted : `${wanted}-${count}`;
    try {
      await lstat(place);
    } catch (thrown) {
      if (isSystemError(thrown, 'ENOENT')) return place;
      throw fileError(thrown, place);
    }
  }
}

/** When a folder was last changed, as ISO 8601: what stands for a lost note. 1970 where it is gone. */
export async function folderTime(folder: string): Promise<string> {
  const known = await stat(folder).catch(() => null);
  return (known?.mtime ?? new Date(0)).toISOString();
}
