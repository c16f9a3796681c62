import { stat } from 'node:fs/promises';
import type { ImportReport } from '../../contract/dataset.ts';
import { DistillError } from '../../contract/errors.ts';
import { counted, someNames } from '../../contract/findings.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { ownReading } from '../../contract/recipe/reading.ts';
import { openDataset, type ImportOptions } from '../data/import.ts';
import { Pixels } from '../data/pixels.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import { resource } from '../../platform/resources.ts';

/** Labelled images that a run's models are tried on. */
export interface EvaluatedImages {
  report: ImportReport;
  test: Pixels;
  /** Whether they are the run's own test images. */
  isOwn: boolean;
  /** Remarks about them, a sentence each. */
  notes: string[];
  /** Images without labels that biases are corrected by; null: none were given. */
  references: Pick<PreparedData, 'pool' | 'unlabelled' | 'classes'> | null;
  close(): Promise<void>;
}

export interface NewImagesOptions {
  recipe: Recipe;
  /** What the run imported when it began. */
  before: ImportReport;
  path: string;
  workers: number;
  /** MiB. */
  memory: number | null;
  signal: AbortSignal;
}

/** The table with the ids of the run's classes; null where its classes have none, or the table is gone. */
async function classTable({ recipe, before }: NewImagesOptions): Promise<string | null> {
  const file =
    recipe.data.classNames ?? (before.format === 'gtsrb' ? resource('class-names', 'gtsrb.csv') : null);
  if (file === null) return null;
  return stat(file).then(
    () => file,
    () => null,
  );
}

/** Opens data as the run's recipe reads a dataset, or by its layout alone where the recipe does not describe this one. */
async function openAs({ reading, ...options }: ImportOptions, path: string) {
  try {
    return await openDataset(path, { ...options, reading });
  } catch (thrown) {
    const isOther = thrown instanceof DistillError && thrown.code === 'INVALID_INPUT';
    if (!isOther || JSON.stringify(reading) === JSON.stringify(ownReading)) throw thrown;
    return openDataset(path, { ...options, reading: ownReading });
  }
}

/**
 * All images of other data than the run's own, whichever part they are of, with the run's classes found by name, or by id where the
 * run's classes have ids. Null where it is the run's own data. Whoever gets them closes them.
 * @throws DistillError as openDataset; DATASET_EMPTY where no image is of a class of the run.
 */
export async function newImages(options: NewImagesOptions): Promise<EvaluatedImages | null> {
  const { recipe, before, path, workers, memory, signal } = options;
  const { image, reading } = recipe.data;
  const dataset = await openAs(
    {
      classNames: await classTable(options),
      reading,
      before,
      signal,
      keep: { image, workers, memory: memory === null ? null : memory * 2 ** 20, wanted: () => true },
    },
    path,
  );
  const { store, rows } = dataset.pixels!;
  try {
    await dataset.close();
    const { train, validation, test, report, unknownLabels } = dataset;
    if (report.fingerprint === before.fingerprint) {
      await store.close();
      return null;
    }
    const samples = [...train, ...validation, ...test];
    const images = new Pixels(
      store,
      samples,
      samples.map(({ key }) => rows.get(key)!),
    );
    const notes = [partsNote(report), unknownNote(unknownLabels), skippedNote(report, unknownLabels)];
    return {
      report,
      test: images,
      isOwn: false,
      references: null,
      notes: notes.filter((note) => note !== null),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function partsNote({ train, validation, test, classes }: ImportReport): string {
  const images = train.images + validation.images + test.images;
  const shown = classes.filter((one) => one.train + one.validation + one.test > 0).length;
  const parts = [train, validation, test].filter((part) => part.images > 0).length;
  const whole = parts > 1 ? ', of all its parts' : '';
  const some = shown < classes.length ? `, which show ${shown} of the run's ${classes.length} classes` : '';
  return `New data: ${counted(images, 'image')}${whole}${some}.`;
}

/** Labels of images that are passed over; null where there are none. `who` does not know them. */
export function unknownNote(labels: ReadonlyMap<string, number>, who = 'run'): string | null {
  if (labels.size === 0) return null;
  const names = [...labels].map(([label, images]) => `“${label}” (${counted(images, 'image')})`);
  return `The ${who} does not know ${labels.size === 1 ? 'this class' : 'these classes'}, which ${labels.size === 1 ? 'is' : 'are'} passed over: ${someNames(names)}.`;
}

/** Other files that are passed over; null where there are none. */
export function skippedNote({ skipped }: ImportReport, unknown: ReadonlyMap<string, number>): string | null {
  const others = skipped.length - [...unknown.values()].reduce((sum, images) => sum + images, 0);
  return others > 0
    ? `${counted(others, 'other file')} could not be used; distill-studio inspect lists them.`
    : null;
}
