import type { ImportReport } from '../../contract/dataset.ts';
import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Sample, Split } from '../data/dataset.ts';
import { openDataset, type KeepOptions } from '../data/import.ts';
import { Pixels } from '../data/pixels.ts';
import { divide, isSeen } from '../data/split.ts';

/** A recipe's data: decoded, resized and divided. */
export interface PreparedData {
  report: ImportReport;
  /** The vocabulary. */
  classes: { id: number; name: string; seen: boolean }[];
  /** Training and validation images; `split` holds indices into them. */
  pool: Pixels;
  split: Split;
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
  /** Images ready for use, told once. */
  onDecode?: (done: number, total: number) => void;
  /** Which parts are needed; the others are left empty. */
  parts?: { pool: boolean; test: boolean };
}

/** The path that was given, or the recipe's. Throws INVALID_INPUT where neither says one. */
export function dataPathOf(recipe: Recipe, given: string | null): string {
  const path = given ?? recipe.data.path;
  if (path !== null) return path;
  throw new DistillError(
    'INVALID_INPUT',
    'No dataset is named, neither in the recipe nor beside it.',
    'Give --data with a folder or a zip of labelled images, or set data.path in the recipe.',
  );
}

/**
 * Imports, decodes and divides; each image is read and decoded once. Throws what openDataset and splitSamples throw.
 * Whoever gets the data closes it.
 */
export async function prepareData(options: PrepareOptions): Promise<PreparedData> {
  const { parts = { pool: true, test: true } } = options;
  const { trainClasses } = options.recipe.data;
  // Images of classes that are left out would only take room, unless the test part comes out of the training part.
  const prepared = await prepareWith(options, parts, ({ label, part }, hasTest) =>
    part === 'test' ? parts.test : (parts.pool && isSeen(trainClasses, label)) || (parts.test && !hasTest),
  );
  if (prepared) return prepared;
  // A test part none of whose images can be used: the training part must stand in after all.
  return (await prepareWith(options, parts, () => true))!;
}

/** Null where an image is needed that was not wanted. */
async function prepareWith(
  { recipe, dataPath, workers, memory = null, signal, onImport, onDecode }: PrepareOptions,
  parts: { pool: boolean; test: boolean },
  wanted: KeepOptions['wanted'],
): Promise<PreparedData | null> {
  const { data, seed } = recipe;
  const dataset = await openDataset(dataPathOf(recipe, dataPath), {
    classNames: data.classNames,
    signal,
    keep: { image: data.image, workers, memory: memory === null ? null : memory * 2 ** 20, wanted },
    ...(onImport ? { onProgress: onImport } : {}),
  });
  const { store, rows } = dataset.pixels!;
  try {
    await dataset.close();
    const { classes, train, test, split } = divide(dataset, data, seed, parts.pool);
    const used = [...split.train, ...split.validation].map((index) => train[index]!);
    const testSamples = parts.test ? test : [];
    const total = used.length + testSamples.length;
    if (![...used, ...testSamples].every(({ key }) => rows.has(key))) {
      await store.close();
      return null;
    }
    onDecode?.(total, total);
    const pixelsOf = (samples: readonly Sample[]) =>
      new Pixels(
        store,
        samples,
        samples.map(({ key }) => rows.get(key)!),
      );
    return {
      report: dataset.report,
      classes,
      pool: pixelsOf(used),
      split: {
        train: split.train.map((_, i) => i),
        validation: split.validation.map((_, i) => split.train.length + i),
      },
      test: pixelsOf(testSamples),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
