import path from 'node:path';
import { type SkippedFile, tableExtensions } from '../../../contract/dataset.ts';
import { DistillError } from '../../../contract/errors.ts';

/** Files by key, wherever they lie: in a folder, in a zip, or in both. */
export interface Source {
  /** Every file's path inside the source with '/', in the order of `compareKeys`. */
  readonly keys: readonly string[];
  /** What lies there but is no file to read, such as links and pipes. */
  readonly skipped: readonly SkippedFile[];
  /** What is particular about it, a sentence each. */
  readonly notes: readonly string[];
  /** Where it lies: while these keep their time and size, `keys` and the tables among them hold. */
  readonly places: readonly string[];
  /** The file's bytes. Throws DistillError NOT_FOUND, IMAGE_UNREADABLE or ARCHIVE_CORRUPT. */
  read(key: string): Promise<Uint8Array>;
  /** Its first bytes, as many as there are up to `length`. Throws as read does. */
  head(key: string, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** 256 MiB: more than `maxPixels` of uncompressed RGB. */
export const maxFileBytes = 256 * 1024 * 1024;

/** By UTF-16 code units: the same order on every machine, whatever its language. */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const naturally = new Intl.Collator('en', { numeric: true });

/** As people order names: 2 before 10. Names that are alike to people come in the order of `compareKeys`. */
export const compareNaturally = (a: string, b: string): number =>
  naturally.compare(a, b) || compareKeys(a, b);

const clutter = new Set([
  // macOS
  '__macosx',
  'icon\r',
  'network trash folder',
  'temporary items',
  // Windows
  'thumbs.db',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'desktop.ini',
  '$recycle.bin',
  'recycler',
  'system volume information',
  // Linux
  'lost+found',
  // Synology, QNAP and NetApp
  '@eadir',
  '#recycle',
  '#snapshot',
  '@recycle',
  '@recently-snapshot',
  '@__thumb',
  '~snapshot',
]);

/** What operating systems and network drives leave behind, and hidden files and folders: no part of any dataset. */
export function isClutter(key: string): boolean {
  return key.split('/').some((part) => part.startsWith('.') || clutter.has(part.toLowerCase()));
}

/** A file that is hidden and yet looks like an image of somebody's; what macOS keeps beside each file begins with ._ */
export const isHiddenImage = (name: string): boolean =>
  /^\.[^._][^/]*\.(png|jpe?g|webp|ppm|bmp|gif|tiff?|avif|heic)$/i.test(name);

/** A table of labels, by its name. */
export const isTable = (name: string): boolean =>
  tableExtensions.some((ending) => name.toLowerCase().endsWith(`.${ending}`)) || isList(name);

/** A text that may be a list of files and labels, and may be anything else. */
export const isList = (name: string): boolean => /\.(txt|lst)$/i.test(name);

export function noSuchKey(key: string): DistillError {
  return new DistillError(
    'NOT_FOUND',
    `There is no file "${key}" in the dataset.`,
    'Import the dataset again: it may have changed since.',
  );
}

export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DistillError('CANCELLED', 'The import was stopped.');
}

/** A name's ending with its dot, lower case. */
export const endingOf = (name: string): string => path.posix.extname(name).toLowerCase();

/** How many folders deep a key or folder lies; the root is ''. */
export function depth(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}

/** The folder of a key, '' for the root. */
export function folderOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')));
}

/**
 * The one folder that lies nearest to the root, or null where there is none.
 * Throws INVALID_INPUT where several lie equally near, since a guess might take the wrong one.
 */
export function nearest(folders: Iterable<string>, what: string): string | null {
  const distinct = [...new Set(folders)].sort((a, b) => depth(a) - depth(b) || compareKeys(a, b));
  const [first, second] = distinct;
  if (first === undefined) return null;
  if (second === undefined || depth(second) > depth(first)) return first;
  throw new DistillError(
    'INVALID_INPUT',
    `There are ${what} in several folders: "${first}", "${second}".`,
    'Name the one that you mean.',
  );
}
