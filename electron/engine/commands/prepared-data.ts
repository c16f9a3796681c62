import type { ImportReport } from '../../contract/dataset.ts';
import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Sample, Split } from '../data/dataset.ts';
import { decodePixels } from '../data/decode.ts';
import { openDataset } from '../data/import.ts';
import type { Pixels } from '../data/pixels.ts';
import { holdOutTest, splitSamples } from '../data/split.ts';

/** A recipe's data in memory: decoded, resized and divided. */
export interface PreparedData {
  report: ImportReport;
  /** The vocabulary. */
  classes: { id: number; name: string; seen: boolean }[];
  /** Training and validation images; `split` holds indices into them. */
  pool: Pixels;
  split: Split;
  test: Pixels;
}

export interface PrepareOptions {
  recipe: Recipe;
  /** Takes the place of the recipe's own path. */
  dataPath: string | null;
  workers: number;
  signal: AbortSignal;
  onImport?: (done: number, total: number) => void;
  onDecode?: (done: number, total: number) => void;
  /** Which parts to decode; the others are left empty. */
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

/** Imports, divides and decodes. Throws what openDataset, splitSamples and decodePixels throw. */
export async function prepareData(options: PrepareOptions): Promise<PreparedData> {
  const { recipe, signal, workers, onImport, onDecode, parts = { pool: true, test: true } } = options;
  const { data, seed } = recipe;
  const dataset = await openDataset(dataPathOf(recipe, options.dataPath), {
    classNames: data.classNames,
    signal,
    ...(onImport ? { onProgress: onImport } : {}),
  });
  try {
    const { train, test } =
      dataset.test.length > 0 ? dataset : holdOutTest(dataset.train, data.testFraction, seed);
    const classes = dataset.classes.map((name, id) => ({
      id,
      name,
      seen: data.trainClasses === 'all' || data.trainClasses.includes(id),
    }));
    const split = parts.pool
      ? splitSamples(train, data.split, { trainClasses: data.trainClasses, classes: classes.length, seed })
      : { train: [], validation: [] };
    // Images of classes that are left out would only take memory.
    const used = [...split.train, ...split.validation].map((index) => train[index]!);
    const testSamples = parts.test ? test : [];
    const total = used.length + testSamples.length;
    const decode = (samples: readonly Sample[], before: number): Promise<Pixels> =>
      decodePixels((key) => dataset.read(key), samples, data.image, {
        workers,
        signal,
        onProgress: (done) => onDecode?.(before + done, total),
      });
    const pool = await decode(used, 0);
    return {
      report: dataset.report,
      classes,
      pool,
      split: {
        train: split.train.map((_, i) => i),
        validation: split.validation.map((_, i) => split.train.length + i),
      },
      test: await decode(testSamples, used.length),
    };
  } finally {
    await dataset.close();
  }
}
