import type { Part } from './recipe.ts';

/** Endings of tables of labels, without the dot. */
export const tableExtensions = ['csv', 'tsv', 'tab', 'psv', 'jsonl', 'ndjson'];
/** Endings of files that are a dataset by themselves. */
export const datasetExtensions = ['zip', 'parquet', ...tableExtensions];

/** What an import found, as a person wants to read it and as a program can. */
export interface ImportReport {
  path: string;
  /** The format that was recognised, e.g. 'gtsrb', 'class-folders', 'csv'. */
  format: string;
  /** Content hash over every image's key, label, part and bytes, in order: equal data, equal fingerprint. */
  fingerprint: string;
  classes: ClassCount[];
  train: PartReport;
  /** The validation part that the dataset brings itself, not what a split holds out. */
  validation: PartReport;
  test: PartReport;
  reading: Reading;
  /** Images that are, seen by their pixels, both in training and in another part. */
  leaks: Leak[];
  /** Everything below the dataset's root that is not used, each file with its reason. */
  skipped: SkippedFile[];
  /** Set where an earlier version read the dataset, which counted a validation part to test or to training. */
  foldedValidation?: true;
}

const formatNames = new Map([
  ['gtsrb', 'GTSRB'],
  ['class-folders', 'Folders by class'],
  ['csv', 'Table of labels'],
  ['parquet', 'Parquet files'],
]);
/** What people call a format; one that is not known here keeps its own name. */
export const formatName = (format: string): string => formatNames.get(format) ?? format;

export interface ClassCount {
  /** Index into the vocabulary. */
  id: number;
  name: string;
  train: number;
  /** Of the training images. */
  tracks: number;
  validation: number;
  test: number;
}

export interface PartReport {
  images: number;
  /** Groups of frames of one physical object; 0 where the format does not tell. */
  tracks: number;
  /** Pixels: smallest, median and largest side over all images (width and height alike). */
  sides: { min: number; median: number; max: number };
}

/** How the import understood the layout: what it guessed, and what a recipe's `data.reading` can change. */
export interface Reading {
  /** Folders that hold a part, folders beside them that hold none, and lists of a part's images. */
  parts: FolderReading[];
  /** null: no table was read. */
  table: TableReading | null;
  /** The other guesses, each one sentence for people. */
  notes: string[];
}

export interface FolderReading {
  /** A folder, or a text that lists images; relative to the dataset's root, with '/'. */
  folder: string;
  part: Part | 'ignore';
  /** Images below it. */
  images: number;
  /** One clause for people, e.g. 'its name says so'. */
  why: string;
}

export interface TableReading {
  /** The table's key; several are separated by ', '. */
  file: string;
  columns: string[];
  /** Its first rows. */
  preview: string[][];
  /** Columns by name, or by number from 0 in a table without a header; null: there is none, or it is not one column. */
  chosen: { file: string | null; label: string | null; part: string | null };
  /** How the columns were found, one sentence for people. */
  how: string;
}

/** A picture of the training part that another part has, too. */
export interface Leak {
  /** Keys of the two images. */
  train: string;
  other: string;
  part: 'validation' | 'test';
  /** Whether the files are equal byte for byte; otherwise only the pictures are. */
  sameBytes: boolean;
}

export interface SkippedFile {
  file: string;
  reason: SkipReason;
  /** One clause for people, e.g. 'same content as 00001/00000_00003.ppm'. */
  detail: string;
}

/** Why a file is not used, and how that is called where files are counted by reason. */
export const skipReasons = {
  unreadable: 'cannot be read',
  unsupported: 'in an image format that is not read',
  duplicate: 'same content as another file',
  leak: 'in training and in another part',
  'unknown-label': 'label outside the vocabulary',
  unlabelled: 'without a label',
  missing: 'listed, but not there',
  'not-used': 'not part of the dataset as it is read',
  'not-an-image': 'not images',
  link: 'links that are not followed',
  special: 'pipes and devices',
} as const;

export type SkipReason = keyof typeof skipReasons;
