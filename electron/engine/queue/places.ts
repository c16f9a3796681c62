import path from 'node:path';
import { isSegment } from '../../contract/segment.ts';
import type { FolderFile } from '../../platform/folder-size.ts';

/** Names below a folder have forward slashes on every system. */
export const posix = (name: string): string => name.split(path.sep).join('/');

/** A folder's place below another one; null: it lies elsewhere. */
export function placeIn(folder: string, below: string): string | null {
  const place = posix(path.relative(path.resolve(folder), path.resolve(below)));
  return isPlace(place) ? place : null;
}

/** Whether a name is a place below a folder, with no way out of it. */
export const isPlace = (name: string): boolean => name.split('/').every(isSegment);

/** Differs where a file was changed. */
export const markOf = ({ bytes, changed }: FolderFile): string => `${bytes} ${changed}`;
