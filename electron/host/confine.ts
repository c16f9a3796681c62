import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../contract/errors.ts';

/** Whether `file` is `folder` or lies below it; both absolute. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** The real paths of those folders that exist. */
export async function realFolders(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
  return [...new Set(found.filter((folder) => folder !== null))];
}

/**
 * The real path of a file or folder below one of `roots`. Throws NOT_WRITABLE where it lies elsewhere, through a symbolic link
 * too; whether a file outside exists is not revealed. NOT_FOUND where it does not exist inside.
 */
export async function confined(given: string, roots: readonly string[]): Promise<string> {
  const absolute = path.isAbsolute(given) && !given.includes('\0') ? path.resolve(given) : null;
  const real = await realFolders(roots);
  const within = (file: string, folders: readonly string[]): boolean =>
    folders.some((folder) => isInside(folder, file));
  if (absolute === null || !within(absolute, [...roots.map((root) => path.resolve(root)), ...real]))
    throw outside(given);
  const file = await realpath(absolute).catch(() => null);
  if (file === null) {
    throw new DistillError('NOT_FOUND', `"${given}" does not exist.`, 'Check the path for typing errors.');
  }
  if (!within(file, real)) throw outside(given);
  return file;
}

const outside = (given: string): DistillError =>
  new DistillError(
    'NOT_WRITABLE',
    `"${given}" lies outside the folders that may be read here.`,
    'Choose a path below one of the offered folders.',
  );
