import { createHash } from 'node:crypto';
import {
  type DatasetFormatName,
  type ImportReport,
  type Leak,
  skipReasons,
  type SkippedFile,
  type SkipReason,
} from '../../contract/dataset.ts';
import { DistillError } from '../../contract/errors.ts';
import { type Part, parts } from '../../contract/parts.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { ReadingRecipe } from '../../contract/recipe/reading.ts';
import { classNotes } from './class-notes.ts';
import { endingNotes } from './ending-notes.ts';
import type { Examined } from './examine.ts';
import type { Dataset, KeptPixels, Progress, Sample } from './dataset.ts';
import {
  type ClassName,
  namedVocabulary,
  occurringVocabulary,
  readClassNames,
  storedVocabulary,
  type Vocabulary,
} from './formats/class-names.ts';
import { emptyListing, type ListedImage, type Listing } from './formats/format.ts';
import { formats } from './formats/index.ts';
import { applyAssigned, requireAssigned, assignedBy } from './formats/assigned.ts';
import { sortFiles } from './image-files.ts';
import type { NotRead } from './image-kind.ts';
import { findLeaks } from './leaks.ts';
import { leftovers } from './leftovers.ts';
import { Pictures } from './pictures.ts';
import { otherPurpose } from './other-purpose.ts';
import { PixelStore } from './pixel-store.ts';
import { countClasses, reportPart, type Size } from './report.ts';
import type { Given } from './source/given.ts';
import { acceptedLayouts, openSource } from './source/index.ts';
import { compareKeys, isList, type Source } from './source/source.ts';
import { survey } from './survey.ts';
import {
  labelledImage,
  openUnlabelled,
  partNames,
  reportUnlabelled,
  sortUnlabelled,
  type UnlabelledFiles,
} from './unlabelled.ts';

export interface ImportOptions {
  /** CSV with ClassId,SignName, which then is the vocabulary; null: the format's own names, or the labels that occur. */
  classNames: string | null;
  /** The layout by the recipe. */
  reading: ReadingRecipe;
  /** The names of the classes that count, in their order; a label is found by what it is called. */
  vocabulary?: readonly string[] | null | undefined;
  /** What a run found when it began: its classes count, in its order, found by name. Of a dataset without: null. */
  before?: Pick<ImportReport, 'classes' | 'foldedValidation' | 'reading'> | null | undefined;
  /** Folders and zips of images without labels. */
  unlabelled?: readonly string[];
  signal?: AbortSignal;
  /** Images looked at, and how many there are. */
  onProgress?: Progress;
  /** Keeps the images that are wanted, resized, so that none is decoded twice. */
  keep?: KeepOptions;
}

export interface KeepOptions {
  image: Pick<ImageRecipe, 'size' | 'resize'>;
  /** Worker threads that decode and resize. */
  workers: number;
  /** Bytes of decoded images that may lie in memory; null: a quarter of the machine's. */
  memory?: number | null | undefined;
  /** Which ones; `hasTest`: whether the dataset brings a test part. */
  wanted: (image: { label: number; part: Part }, hasTest: boolean) => boolean;
}

/** A sample with what only the import needs to know. */
interface Found extends Size {
  sample: Sample;
  part: Part;
  picture: Uint8Array | null;
}

/**
 * Finds out what lies at `path` (a folder, a zip or a CSV), looks at every image once and reports what it found.
 * Skipped and listed, never an error: images that cannot be decoded, whose label the vocabulary lacks, that nothing
 * labels, and second copies by content: the first in order of key stays, one in training before one in validation before one in testing.
 * Throws DistillError NOT_FOUND, UNSUPPORTED_FORMAT, DATASET_EMPTY, ARCHIVE_CORRUPT, ARCHIVE_LIMIT, INVALID_INPUT (a table
 * without the needed columns, several candidates) or CANCELLED; with `keep` also OUT_OF_MEMORY, DISK_FULL or NOT_WRITABLE.
 */
export async function openDataset(path: string, options: ImportOptions): Promise<Dataset> {
  const names = options.classNames === null ? null : await readClassNames(options.classNames);
  const given = await openSource(path, options.signal);
  let unlabelledFiles: UnlabelledFiles | null = null;
  let pixels: KeptPixels | null = null;
  try {
    const { format, listing, refusals, others } = await recognise(given, path, options);
    const ordered = listing.images.sort((a, b) => comparePart(a.part, b.part) || compareKeys(a.key, b.key));
    const vocabulary = vocabularyOf(listing, names, options);
    const { known, unknown, unknownLabels } = withLabels(ordered, vocabulary);
    const { unlabelled: paths = [] } = options;
    unlabelledFiles = await openUnlabelled(paths, options.signal);
    if (options.keep) pixels = await roomFor(known, unlabelledFiles.keys, options.keep);
    const surveyAll = surveyor(known.length + unlabelledFiles.keys.length, options, pixels);
    const surveyed = await surveyAll(
      given.source,
      known.map(({ key }) => key),
    );
    const { found, skipped, copies } = examine(known, vocabulary.classes, surveyed);
    const unlabelled = sortUnlabelled(
      unlabelledFiles.keys,
      await surveyAll(unlabelledFiles, unlabelledFiles.keys),
      new Map(found.map(({ sample, part }) => [sample.hash, labelledImage(sample.key, part)])),
    );
    const all = [
      skipped,
      unknown,
      listing.skipped,
      given.source.skipped,
      leftovers(given.source, listing, refusals, others),
    ];
    const unused = all.flat().sort((a, b) => compareKeys(a.file, b.file));
    if (found.length === 0) throw nothingUsable(path, given.source.keys, unused, listing.reading.notes);

    const of = (part: Part) => found.filter((one) => one.part === part);
    const samplesOf = (part: Part) => of(part).map(({ sample }) => sample);
    const samples = {
      train: samplesOf('train'),
      validation: samplesOf('validation'),
      test: samplesOf('test'),
    };
    const { classes } = vocabulary;
    const counts = countClasses(classes, samples.train, samples.validation, samples.test);
    const listed = classes.map(() => 0);
    for (const { label } of known) listed[label]!++;
    const pictures = new Pictures([
      ...found.map(({ sample, picture }) => ({ key: sample.key, picture })),
      ...unlabelled.pictures,
    ]);
    return {
      path,
      format,
      classes,
      ...samples,
      unlabelled: unlabelled.samples,
      unknownLabels,
      report: {
        path,
        format,
        fingerprint: fingerprint(found),
        classes: counts,
        train: reportPart(samples.train, of('train')),
        validation: reportPart(samples.validation, of('validation')),
        test: reportPart(samples.test, of('test')),
        reading: {
          ...listing.reading,
          notes: [
            ...listing.reading.notes,
            ...endingNotes(listing.images.map(({ key }) => key)),
            ...classNotes(counts, listed),
          ],
        },
        leaks: [...copies, ...findLeaks(pictures, samples.train, samples)],
        skipped: unused,
        ...(paths.length > 0 && {
          unlabelled: reportUnlabelled(paths, unlabelled.samples, unlabelled.skipped),
        }),
        ...(options.before?.foldedValidation && { foldedValidation: true }),
      },
      pictures,
      pixels,
      read: (key) => given.source.read(key),
      close: () => given.source.close(),
    };
  } catch (error) {
    await given.source.close();
    await pixels?.store.close();
    throw error;
  } finally {
    await unlabelledFiles?.close();
  }
}

/** What a dataset's listing shows. */
export interface ListedDataset {
  /** The vocabulary, as an import has it. */
  classes: string[];
  /** Images whose label it has, of each part; some may turn out to be unusable. Nobody has read them, so they have no hash. */
  samples: Record<Part, Sample[]>;
}

/** Looks at a dataset's listing alone: no image is opened. Throws as openDataset does. */
export async function listDataset(
  path: string,
  options: Pick<ImportOptions, 'classNames' | 'reading' | 'before' | 'signal'>,
): Promise<ListedDataset> {
  const names = options.classNames === null ? null : await readClassNames(options.classNames);
  const given = await openSource(path, options.signal);
  try {
    const { listing } = await recognise(given, path, options);
    const vocabulary = vocabularyOf(listing, names, options);
    const { known } = withLabels(listing.images, vocabulary);
    const samplesOf = (wanted: Part): Sample[] =>
      known
        .filter(({ part }) => part === wanted)
        .map(({ key, label, track }) => ({ key, label, track, hash: '' }));
    return {
      classes: vocabulary.classes,
      samples: {
        train: samplesOf('train'),
        validation: samplesOf('validation'),
        test: samplesOf('test'),
      },
    };
  } finally {
    await given.source.close();
  }
}

const comparePart = (a: Part, b: Part): number => parts.indexOf(a) - parts.indexOf(b);

interface Recognised {
  format: DatasetFormatName;
  listing: Listing;
  /** Why formats did not take files that they might have taken. */
  refusals: ReadonlyMap<string, string>;
  /** What files are that are no images. */
  others: ReadonlyMap<string, NotRead>;
}

async function recognise(
  given: Given,
  path: string,
  { reading, before, signal }: Pick<ImportOptions, 'reading' | 'before' | 'signal'>,
): Promise<Recognised> {
  const { images, others } = await sortFiles(given.source, signal);
  const refusals = new Map<string, string>();
  const assigned = assignedBy(reading);
  requireAssigned(assigned, images, given.source.keys);
  const readsLists = !before || before.reading.parts.some(({ folder }) => isList(folder));
  for (const format of formats) {
    const listing = await format.list({ ...given, images, reading, readsLists, refusals });
    if (!listing) continue;
    applyAssigned(listing, assigned);
    listing.reading.notes = [...fewOf(given.source.notes), ...listing.reading.notes];
    if (before?.foldedValidation) foldValidation(listing);
    return { format: format.name, listing, refusals, others };
  }
  throw nothingUsable(path, given.source.keys, [
    ...given.source.skipped,
    ...leftovers(given.source, emptyListing(), refusals, others),
  ]);
}

/** The first of many alike. */
function fewOf(notes: readonly string[], most = 10): string[] {
  const more = notes.length - most;
  return more > 0 ? [...notes.slice(0, most), `${more} more of the same kind.`] : [...notes];
}

/** As versions without a validation part had it: it tested where there was no test part, and else trained. */
function foldValidation({ images }: Listing): void {
  const place = images.some(({ part }) => part === 'test') ? 'train' : 'test';
  for (const image of images) if (image.part === 'validation') image.part = place;
}

/** Names that were given, else the format's own, else the labels that occur; a run's own order counts above all. */
function vocabularyOf(
  { images, classNames }: Listing,
  given: readonly ClassName[] | null,
  { before, vocabulary }: Pick<ImportOptions, 'before' | 'vocabulary'>,
): Vocabulary {
  const names = given ?? classNames;
  const found = names ? namedVocabulary(names) : occurringVocabulary(images.map(({ label }) => label));
  const stored = vocabulary?.map((name) => ({ name })) ?? before?.classes;
  return stored ? storedVocabulary(stored, found) : found;
}

/** An image with its class. */
type KnownImage = Omit<ListedImage, 'label'> & { label: number };

/** Images whose label the vocabulary has; the others are skipped with the reason. */
function withLabels(
  images: readonly ListedImage[],
  vocabulary: Vocabulary,
): { known: KnownImage[]; unknown: SkippedFile[]; unknownLabels: Map<string, number> } {
  const unknown: SkippedFile[] = [];
  const unknownLabels = new Map<string, number>();
  const known = images.flatMap((image) => {
    const label = vocabulary.indexOf(image.label);
    if (label !== undefined) return [{ ...image, label }];
    const detail = `its label "${image.label}" is not one of the ${vocabulary.classes.length} classes`;
    unknown.push({ file: image.key, reason: 'unknown-label', detail });
    unknownLabels.set(image.label, (unknownLabels.get(image.label) ?? 0) + 1);
    return [];
  });
  return { known, unknown, unknownLabels };
}

/** A store with a row for each image that is wanted; of the unlabelled ones, all are. */
async function roomFor(
  images: readonly KnownImage[],
  unlabelled: readonly string[],
  { image, memory, wanted }: KeepOptions,
): Promise<KeptPixels> {
  const hasTest = images.some(({ part }) => part === 'test');
  const keys = [...images.filter((one) => wanted(one, hasTest)).map(({ key }) => key), ...unlabelled];
  return {
    store: await PixelStore.create({ count: keys.length, size: image.size, memory }),
    rows: new Map(keys.map((key, row) => [key, row])),
  };
}

type Survey = (source: Pick<Source, 'read'>, keys: readonly string[]) => Promise<Examined[]>;

/** Reads images of one source after the other; the progress is that of all `total`. */
function surveyor(
  total: number,
  { signal, onProgress, keep }: ImportOptions,
  pixels: KeptPixels | null,
): Survey {
  let before = 0;
  return async (source, keys) => {
    const surveyed = await survey(source, keys, {
      signal,
      onProgress: onProgress && ((done) => onProgress(before + done, total)),
      ...(keep &&
        pixels && {
          keep: {
            store: pixels.store,
            method: keep.image.resize,
            workers: keep.workers,
            rowOf: (at: number) => pixels.rows.get(keys[at]!) ?? null,
          },
        }),
    });
    before += keys.length;
    return surveyed;
  };
}

/** What cannot be used of the images that were surveyed is skipped with its reason. */
function examine(
  known: readonly KnownImage[],
  classes: readonly string[],
  surveyed: readonly Examined[],
): { found: Found[]; skipped: SkippedFile[]; copies: Leak[] } {
  const skipped: SkippedFile[] = [];
  const found: Found[] = [];
  const firstOf = new Map<string, Found>();
  const copies: Leak[] = [];
  known.forEach(({ key, label, part, track }, at) => {
    const seen = surveyed[at]!;
    if ('problem' in seen) {
      skipped.push({ file: key, reason: 'unreadable', detail: seen.problem });
      return;
    }
    const one: Found = {
      sample: { key, label, track, hash: seen.hash },
      part,
      picture: seen.picture,
      width: seen.width,
      height: seen.height,
    };
    const first = firstOf.get(seen.hash);
    if (first) {
      skipped.push({ file: key, reason: 'duplicate', detail: sameContent(one, first, classes) });
      if (first.part === 'train' && part !== 'train')
        copies.push({ train: first.sample.key, other: key, part, sameBytes: true });
      return;
    }
    firstOf.set(seen.hash, one);
    found.push(one);
  });
  return { found, skipped, copies };
}

function sameContent(copy: Found, first: Found, classes: readonly string[]): string {
  const where = copy.part === first.part ? '' : ` of the ${partNames[first.part]} part`;
  const label =
    copy.sample.label === first.sample.label ? '' : `, which is labelled "${classes[first.sample.label]!}"`;
  return `same content as ${first.sample.key}${where}${label}`;
}

function fingerprint(found: readonly Found[]): string {
  const hash = createHash('sha256');
  for (const { sample, part } of found)
    hash.update(`${sample.key}\0${sample.label}\0${part}\0${sample.hash}\n`);
  return hash.digest('hex');
}

/** A dataset of which nothing can be used: the reasons with their counts, each with its first file. */
function nothingUsable(
  path: string,
  keys: readonly string[],
  skipped: readonly SkippedFile[],
  notes: readonly string[] = [],
): DistillError {
  const other = otherPurpose(keys);
  const counts = new Map<SkipReason, { first: SkippedFile; count: number }>();
  for (const file of skipped) {
    const known = counts.get(file.reason);
    if (known) known.count++;
    else counts.set(file.reason, { first: file, count: 1 });
  }
  const reasons = [...counts].map(
    ([reason, { first, count }]) =>
      `${count} ${skipReasons[reason]} (the first is "${first.file}": ${first.detail})`,
  );
  const details = other
    ? [other.what, ...reasons]
    : [...reasons, ...notes.map((note) => note.replace(/\.$/, ''))];
  const why = details.join('; ');
  return new DistillError(
    'DATASET_EMPTY',
    `There are no labelled images in "${path}" that can be used${why === '' ? '' : `: ${why}`}.`,
    other?.hint ?? acceptedLayouts,
  );
}
