import type { ImportReport } from '../../contract/dataset.ts';
import { leaksOf } from '../../contract/leaks.ts';
import { DistillError } from '../../contract/errors.ts';
import type { SplitPreview } from '../../contract/split-preview.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Dataset, Split } from './dataset.ts';
import { type Decode, withDecoded } from './decoded-samples.ts';
import type { KeepOptions } from './import.ts';
import type { Pixels } from './pixels.ts';
import { countDivision, divide, neededClasses, taughtClasses } from './division.ts';
import { isSeen, splitMethod, type SplitMethod } from './split.ts';
import { reportUnlabelled, requireUnlabelled } from './unlabelled.ts';

/** A recipe's data: decoded, resized and divided. */
export interface PreparedData {
  report: ImportReport;
  /** The vocabulary. */
  classes: { id: number; name: string; seen: boolean }[];
  /** Images of each class in each part. */
  counts: SplitPreview['classes'];
  /** Training and validation images, then the unlabelled ones; `split`, `teacherSplit` and `unlabelled` hold indices into them. */
  pool: Pixels;
  /** The student's. */
  split: Split;
  /** Of a teacher that is trained here, which may learn other classes. */
  teacherSplit: Split;
  /** Images without labels, of the student's training alone. */
  unlabelled: number[];
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
  parts?: { pool: boolean; test: boolean; unlabelled?: boolean };
}

const everyPart = { pool: true, test: true, unlabelled: true };

/** The path that was given, or the recipe's. Throws INVALID_INPUT where there is neither. */
export function dataPathOf(recipe: Recipe, given: string | null): string {
  const path = given ?? recipe.data.path;
  if (path !== null) return path;
  throw new DistillError(
    'INVALID_INPUT',
    'No dataset is named, in the recipe or with --data.',
    'Give --data with a folder or a zip of labelled images, or set data.path in the recipe.',
  );
}

/** Imports, decodes and divides. Throws what openDataset and splitSamples throw. Whoever gets the data closes it. */
export async function prepareData(options: PrepareOptions): Promise<PreparedData> {
  const {
    recipe,
    dataPath,
    workers,
    memory = null,
    before = null,
    signal,
    onImport,
    parts = everyPart,
  } = options;
  const { classNames, reading, image } = recipe.data;
  return withDecoded(
    dataPathOf(recipe, dataPath),
    {
      classNames,
      reading,
      before,
      unlabelled: (parts.unlabelled && recipe.data.unlabelled?.paths) || [],
      signal,
      keep: {
        image,
        workers,
        memory: memory === null ? null : memory * 2 ** 20,
        wanted: wantedBy(options),
      },
      ...(onImport ? { onProgress: onImport } : {}),
    },
    (dataset, decode) => divided(dataset, options, decode),
  );
}

/**
 * Which images the import keeps: those of classes that are left out would only take room, unless the test part comes out of the
 * training part. Where the dataset has a test part of which nothing can be used, some are decoded later after all.
 */
function wantedBy({ recipe, parts = everyPart }: PrepareOptions): KeepOptions['wanted'] {
  const { trainClasses, split } = recipe.data;
  const needed = neededClasses(trainClasses, taughtClasses(recipe));
  // As far as is known before the dataset is open: its own validation part may be left aside.
  const validates = parts.pool && splitMethod(split, { validation: { length: 1 } }) === 'given';
  return ({ label, part }, hasTest) => {
    if (part === 'test') return parts.test;
    if (part === 'validation') return validates && isSeen(needed, label);
    return (parts.pool && isSeen(needed, label)) || (parts.test && !hasTest);
  };
}

async function divided(
  dataset: Dataset,
  { recipe, parts = everyPart }: PrepareOptions,
  decode: Decode,
): Promise<Omit<PreparedData, 'close'>> {
  const { data, seed } = recipe;
  const options = { isSplitWanted: parts.pool, teacherClasses: taughtClasses(recipe) };
  const division = divide(dataset, data, seed, options);
  const { classes, pool, split, teacherSplit, whole, method, leftAside } = division;
  const indices = [...whole.train, ...whole.validation];
  const report = { ...dataset.report, leaks: leaksOf(dataset.report, division) };
  if (report.unlabelled) {
    const { paths, skipped } = report.unlabelled;
    const left = [...skipped, ...division.unlabelledCopies];
    report.unlabelled = reportUnlabelled(paths, division.unlabelled, left);
    requireUnlabelled(report.unlabelled);
  }
  const places = new Map(indices.map((index, place) => [index, place]));
  const placed = (part: Split): Split => ({
    train: part.train.map((index) => places.get(index)!),
    validation: part.validation.map((index) => places.get(index)!),
  });
  return {
    report,
    classes,
    counts: countDivision(division),
    pool: await decode([...indices.map((index) => pool[index]!), ...division.unlabelled]),
    unlabelled: division.unlabelled.map((_, at) => indices.length + at),
    method,
    leftAside,
    split: placed(split),
    teacherSplit: placed(teacherSplit),
    test: await decode(parts.test ? division.test : []),
  };
}
