import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImportReport } from '../../contract/dataset.ts';
import type { ReadingRecipe } from '../../contract/recipe/reading.ts';
import type { CallContext } from '../../contract/method.ts';
import { KeepOpen } from '../work/keep-open.ts';
import { throttled } from '../work/progress.ts';
import type { Dataset } from './dataset.ts';
import { openDataset } from './import.ts';
import { noteReading } from './reading-rate.ts';
import { openSource } from './source/index.ts';
import type { Source } from './source/source.ts';

/** A dataset as its survey found it; its files are read elsewhere. */
export type SurveyedDataset = Omit<Dataset, 'unknownLabels' | 'pixels' | 'read' | 'close'>;

/** Something that was read from these places on the disk, when they looked like this. */
interface Dated {
  places: readonly string[];
  stamp: string;
}

export interface DatasetName {
  path: string;
  classNames: string | null;
  reading: ReadingRecipe;
}

const idleMs = 10 * 60_000;
const limit = 2;

/**
 * The datasets that previews look at. Their survey, which reads and hashes every image, is kept in memory, and their listing with
 * its open files, so that one image is read without a survey; both for the last two datasets, for ten idle minutes, and as long as
 * folders, archives and tables keep their time and size. (An image that is written over in place is seen by the next run, which
 * examines everything again.)
 */
export class OpenDatasets {
  readonly #sources = new KeepOpen<Dated & { source: Source }>({
    limit,
    idleMs,
    isFresh,
    close: ({ source }) => source.close(),
  });
  readonly #surveys = new KeepOpen<Dated & { dataset: SurveyedDataset }>({ limit, idleMs, isFresh });

  /**
   * The import report. A dataset with images that could not be read is surveyed again, because whoever asks again may
   * have mended them. Throws what openDataset throws.
   */
  async report(name: DatasetName, context: CallContext): Promise<ImportReport> {
    const isDoubtful = ({ dataset }: { dataset: SurveyedDataset }) =>
      dataset.report.skipped.some(({ reason }) => reason === 'unreadable');
    await this.#surveys.drop(keyOf(name), isDoubtful);
    return (await this.dataset(name, context)).report;
  }

  /** The dataset, surveyed at most once. Throws what openDataset throws. */
  dataset(name: DatasetName, context: CallContext): Promise<SurveyedDataset> {
    const survey = async (shared: CallContext) => {
      const listed = await this.#withSource(name.path, shared, (source) => source.places);
      const places = name.classNames === null ? listed : [...listed, name.classNames];
      // Before the survey, so that what changes under its eyes is noticed.
      const stamp = await stampOf(places);
      return { places, stamp, dataset: await surveyed(name, shared) };
    };
    return this.#surveys.use(keyOf(name), survey, context, ({ dataset }) => dataset);
  }

  /** One file's bytes; needs no survey. Throws what openSource and Source.read throw. */
  read(at: string, key: string, context: CallContext): Promise<Uint8Array> {
    return this.#withSource(at, context, (source) => source.read(key));
  }

  async close(): Promise<void> {
    await this.#surveys.close();
    await this.#sources.close();
  }

  #withSource<R>(at: string, context: CallContext, work: (source: Source) => R | Promise<R>): Promise<R> {
    const open = async ({ signal }: CallContext) => {
      const { source } = await openSource(at, signal);
      return { source, places: source.places, stamp: await stampOf(source.places) };
    };
    return this.#sources.use(path.resolve(at), open, context, ({ source }) => work(source));
  }
}

const keyOf = ({ path: at, classNames, reading }: DatasetName): string =>
  JSON.stringify([path.resolve(at), classNames === null ? null : path.resolve(classNames), reading]);

async function surveyed(
  { path: at, classNames, reading }: DatasetName,
  { signal, progress }: CallContext,
): Promise<SurveyedDataset> {
  const onProgress = throttled((done, total) => progress({ done, total }));
  const start = performance.now();
  const dataset = await openDataset(at, { classNames, reading, signal, onProgress });
  await dataset.close();
  const { format, classes, train, validation, test, unlabelled, report, pictures } = dataset;
  noteReading(train.length + validation.length + test.length, (performance.now() - start) / 1000);
  return { path: at, format, classes, train, validation, test, unlabelled, report, pictures };
}

const isFresh = async ({ places, stamp }: Dated): Promise<boolean> => (await stampOf(places)) === stamp;

/** When each place was changed last, and its size. */
async function stampOf(places: readonly string[]): Promise<string> {
  const looks = places.map(async (place) => {
    const info = await stat(place).catch(() => null);
    return info ? `${info.mtimeMs}:${info.size}` : 'gone';
  });
  return (await Promise.all(looks)).join();
}
