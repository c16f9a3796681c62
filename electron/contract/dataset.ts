import { z } from 'zod';
import { figure } from './figure.ts';
import { parts } from './parts.ts';

/** Endings of tables of labels, without the dot. */
export const tableExtensions = ['csv', 'tsv', 'tab', 'psv', 'jsonl', 'ndjson'];
/** Endings of files that are a dataset by themselves. */
export const datasetExtensions = ['zip', 'parquet', ...tableExtensions];

/** The layouts that an import reads. A new one is an entry here and a line in engine/data/formats/index.ts. */
export const datasetFormats = {
  gtsrb: { label: 'GTSRB' },
  'class-folders': { label: 'Folders by class' },
  csv: { label: 'Table of labels' },
  parquet: { label: 'Parquet files' },
} as const satisfies Record<string, { label: string }>;
export type DatasetFormatName = keyof typeof datasetFormats;

/** What people call a format; one that is not known here keeps its own name. */
export const formatName = (format: string): string =>
  Object.hasOwn(datasetFormats, format) ? datasetFormats[format as DatasetFormatName].label : format;

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

const classCountSchema = z.object({
  /** Index into the vocabulary. */
  id: z.number(),
  name: z.string(),
  train: z.number(),
  /** Of the training images. */
  tracks: z.number(),
  validation: z.number().default(0),
  test: z.number(),
});
export type ClassCount = z.output<typeof classCountSchema>;

const partReportSchema = z.object({
  images: z.number(),
  /** Groups of frames of one physical object; 0 where the format does not record it. */
  tracks: z.number(),
  /** Pixels: smallest, median and largest side over all images (width and height alike). */
  sides: z.object({ min: figure, median: figure, max: figure }),
});
export type PartReport = z.output<typeof partReportSchema>;

const folderReadingSchema = z.object({
  /** A folder, or a text that lists images; relative to the dataset's root, with '/'. */
  folder: z.string(),
  part: z.enum([...parts, 'ignore']),
  /** Images below it. */
  images: z.number(),
  /** One clause for people, e.g. 'by its name'. */
  why: z.string(),
});
export type FolderReading = z.output<typeof folderReadingSchema>;

const tableReadingSchema = z.object({
  /** The table's key; several are separated by ', '. */
  file: z.string(),
  columns: z.array(z.string()),
  /** Its first rows. */
  preview: z.array(z.array(z.string())),
  /** Columns by name, or by number from 0 in a table without a header; null: there is none, or it is not one column. */
  chosen: z.object({
    file: z.string().nullable(),
    label: z.string().nullable(),
    part: z.string().nullable(),
  }),
  /** How the columns were found, one sentence for people. */
  how: z.string(),
});
export type TableReading = z.output<typeof tableReadingSchema>;

/** How the import understood the layout: what it guessed, and what a recipe's `data.reading` can change. */
const importReadingSchema = z.object({
  /** Folders that hold a part, folders beside them that hold none, and lists of a part's images. */
  parts: z.array(folderReadingSchema),
  /** null: no table was read. */
  table: tableReadingSchema.nullable(),
  /** The other guesses, each one sentence for people. */
  notes: z.array(z.string()),
});
export type Reading = z.output<typeof importReadingSchema>;

/** A picture of the training part that another part has, too. */
const leakSchema = z.object({
  /** Keys of the two images. */
  train: z.string(),
  other: z.string(),
  part: z.enum(['validation', 'test']),
  /** Whether the files are equal byte for byte; otherwise only the pictures are. */
  sameBytes: z.boolean(),
});
export type Leak = z.output<typeof leakSchema>;

const skippedFileSchema = z.object({
  file: z.string(),
  reason: z.enum(Object.keys(skipReasons) as SkipReason[]),
  /** One clause for people, e.g. 'same content as 00001/00000_00003.ppm'. */
  detail: z.string(),
});
export type SkippedFile = z.output<typeof skippedFileSchema>;

/** What a recipe's folders of unlabelled images hold. */
const unlabelledReportSchema = z.object({
  paths: z.array(z.string()),
  /** Those that are used. */
  images: z.number(),
  /** Hash over their contents, in order. */
  fingerprint: z.string(),
  /** Those that are left out, such as copies of test images, each with its reason. */
  skipped: z.array(skippedFileSchema),
});
export type UnlabelledReport = z.output<typeof unlabelledReportSchema>;

const currentReportSchema = z.object({
  path: z.string(),
  /** The format that was recognised, e.g. 'gtsrb', 'class-folders', 'csv'. */
  format: z.string(),
  /** Content hash over every image's key, label, part and bytes, in order: equal data, equal fingerprint. */
  fingerprint: z.string(),
  classes: z.array(classCountSchema),
  train: partReportSchema,
  /** The validation part that the dataset brings itself, not what a split holds out. */
  validation: partReportSchema,
  test: partReportSchema,
  reading: importReadingSchema.default({ parts: [], table: null, notes: [] }),
  /** Images that are, seen by their pixels, both in training and in another part. */
  leaks: z.array(leakSchema).default([]),
  /** Everything below the dataset's root that is not used, each file with its reason. */
  skipped: z.array(skippedFileSchema),
  /** Absent where the recipe names none. */
  unlabelled: unlabelledReportSchema.exactOptional(),
  /** Set where an earlier version read the dataset, which counted a validation part to test or to training. */
  foldedValidation: z.literal(true).exactOptional(),
});

const noImages = { images: 0, tracks: 0, sides: { min: 0, median: 0, max: 0 } };

/** `dataset.json`: what an import found, as a person wants to read it and as a program can. Versions that knew no validation part wrote none. */
export const importReportSchema = z.preprocess(
  (input) =>
    typeof input === 'object' && input !== null && !('validation' in input)
      ? { ...input, validation: noImages, foldedValidation: true }
      : input,
  currentReportSchema,
);
export type ImportReport = z.output<typeof importReportSchema>;
