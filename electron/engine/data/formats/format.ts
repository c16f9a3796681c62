import path from 'node:path';
import type { DatasetFormatName, Reading, SkippedFile } from '../../../contract/dataset.ts';
import type { Part } from '../../../contract/parts.ts';
import type { ToRead } from '../source/given.ts';
import type { ClassName } from './class-names.ts';

/** One image as a format describes it, before anyone has looked inside. */
export interface ListedImage {
  key: string;
  /** As the format writes it: a class id, a folder's name, a table's cell. */
  label: string;
  part: Part;
  track: string | null;
}

export interface Listing {
  /** No key twice. */
  images: ListedImage[];
  /** Files that the format names but that are not there, and images that nothing names. */
  skipped: SkippedFile[];
  /** Keys of the files beside the images that describe these, such as tables. */
  used: string[];
  /** What was guessed. */
  reading: Reading;
  /** The format's own vocabulary; null where the labels that occur are all there is. */
  classNames: ClassName[] | null;
}

/** One layout of labelled images. A new one is a file here and a line in index.ts. */
export interface DatasetFormat<Name extends DatasetFormatName = DatasetFormatName> {
  name: Name;
  /** Null where what was given is something else. Throws DistillError INVALID_INPUT where it is this, but broken. */
  list(given: ToRead): Promise<Listing | null>;
}

export const emptyListing = (classNames: ClassName[] | null = null): Listing => ({
  images: [],
  skipped: [],
  used: [],
  reading: { parts: [], table: null, notes: [] },
  classNames,
});

/** GTSRB's way to name frames: track and frame, five digits each, in some copies with the class before them. */
export function trackOfName(key: string): string | null {
  return /^((?:\d{5}_)?\d{5})_\d{5}\.[^.]+$/.exec(path.posix.basename(key))?.[1] ?? null;
}

export function unlabelled(file: string, detail: string): SkippedFile {
  return { file, reason: 'unlabelled', detail };
}

export function missing(file: string, table: string): SkippedFile {
  return { file, reason: 'missing', detail: `named by ${table} but not there` };
}
