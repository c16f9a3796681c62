import type { ImportReport } from '../../contract/dataset.ts';
import { leaksOf } from '../../contract/leaks.ts';
import { DistillError } from '../../contract/errors.ts';
import type { SplitPreview } from '../../contract/split-preview.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Sample, Split } from './dataset.ts';
import { openDataset, type KeepOptions } from './import.ts';
import { Pixels } from './pixels.ts';
import { countDivision, divide, neededClasses, taughtClasses } from './division.ts';
import { isSeen, splitMethod, type SplitMethod } from './split.ts';

/** A recipe's data: decoded, resized and divided. */
export interface PreparedData {
  report: ImportReport;
  /** The vocabulary. */
  classes: { id: number; name: string; seen: boolean }[];
  /** Images of each class in each part. */
  counts: SplitPreview['classes'];
  /** Training and validation images; `split` and `teacherSplit` hold indices into them. */
  pool: Pixels;
  /** The student's. */
  split: Split;
  /** Of a teacher that is trained here, which may learn other classes. */
  teacherSplit: Split;
  /** How validation was held out. */
  method: SplitMethod;
  /** Images of the dataset's own validation part that are left aside. */
  leftAside: number;
  test: Pixels;
  /** Gives back what the images take on the disk, where memory was too small; no loader may use them any more. */
  close(): Promise<void>;
}

export interface PrepareOptions {
  recipe: Recipe;
  /** Takes the place of the recipe's own path. */
  dataPath: string | null;
  workers: number;
  /** MiB of decoded images that may lie in memory; null: a quarter of the machine's. */
  memory?: number | null;
  signal: AbortSignal;
  /** Images read, checked and decoded. */
  onImport?: (done: number, total: number) => void;
  /** What the run found when it began: its classes keep their order. */
  before?: ImportReport | null;
  /** Which parts are needed; the others are left empty. */
  parts?: { pool: boolean; test: boolean };
}

/** The path that was given, or the recipe's. Throws INVALID_INPUT where neither says one. */
export function dataPathOf(recipe: Recipe, given: string | null): string {
  const path = given ?? recipe.data.path;
  if (path !== null) return path;
  throw new DistillError(
    'INVALID_INPUT',
    'No dataset is named, in the recipe or with --data.',
    'Give --data with a folder or a zip of labelled images, or set data.path in the recipe.',
  );
}

/**
 * Imports, decodes and divides; each image is read and decoded once. Throws what openDataset and splitSamples throw.
 * Whoever gets the data closes it.
 */
export async function prepareData(options: PrepareOptions): Promise<PreparedData> {
  const { parts = { pool: true, test: true } } = options;
  const { trainClasses, split } = options.recipe.data;
  const needed = neededClasses(trainClasses, taughtClasses(options.recipe));
  // As far as is known before the dataset is open: its own validation part may be left aside.
  const validates = parts.pool && splitMethod(split, { validation: { length: 1 } }) === 'given';
  // Images of classes that are left out would only take room, unless the test part comes out of the training part.
  const prepared = await prepareWith(options, parts, ({ label, part }, hasTest) => {
    if (part === 'test') return parts.test;
    if (part === 'validation') return validates && isSeen(needed, label);
    return (parts.pool && isSeen(needed, label)) || (parts.test && !hasTest);
  });
  if (prepared) return prepared;
  // A test part none of whose images can be used: the training part must stand in after all.
  return (await prepareWith(options, parts, () => true))!;
}

/** Null where an image is needed that was not wanted. */
async function prepareWith(
  { recipe, dataPath, workers, memory = null, before = null, signal, onImport }: PrepareOptions,
  parts: { pool: boolean; test: boolean },
  wanted: KeepOptions['wanted'],
): Promise<PreparedData | null> {
  const { data, seed } = recipe;
  const dataset = await openDataset(dataPathOf(recipe, dataPath), {
    classNames: data.classNames,
    reading: data.reading,
    before,
    signal,
    keep: { image: data.image, workers, memory: memory === null ? null : memory * 2 ** 20, wanted },
    ...(onImport ? { onProgress: onImport } : {}),
  });
  const { store, rows } = dataset.pixels!;
  try {
    await dataset.close();
    const options = { isSplitWanted: parts.pool, teacherClasses: taughtClasses(recipe) };
    const division = divide(dataset, data, seed, options);
    const { classes, pool, test, split, teacherSplit, whole, method, leftAside } = division;
    const indices = [...whole.train, ...whole.validation];
    const used = indices.map((index) => pool[index]!);
    const testSamples = parts.test ? test : [];
    if (![...used, ...testSamples].every(({ key }) => rows.has(key))) {
      await store.close();
      return null;
    }
    const pixelsOf = (samples: readonly Sample[]) =>
      new Pixels(
        store,
        samples,
        samples.map(({ key }) => rows.get(key)!),
      );
    const places = new Map(indices.map((index, place) => [index, place]));
    const placed = (part: Split): Split => ({
      train: part.train.map((index) => places.get(index)!),
      validation: part.validation.map((index) => places.get(index)!),
    });
    return {
      report: {
        ...dataset.report,
        leaks: leaksOf(dataset.report, division),
      },
      classes,
      counts: countDivision(division),
      pool: pixelsOf(used),
      method,
      leftAside,
      split: placed(split),
      teacherSplit: placed(teacherSplit),
      test: pixelsOf(testSamples),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
