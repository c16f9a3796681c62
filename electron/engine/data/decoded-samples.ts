import { DistillError } from '../../contract/errors.ts';
import type { Dataset, Sample } from './dataset.ts';
import { type ImportOptions, type KeepOptions, openDataset } from './import.ts';
import { PixelStore } from './pixel-store.ts';
import { Pixels } from './pixels.ts';
import { survey, type SurveyOptions } from './survey.ts';

/** Gives the decoded images of some of a dataset's samples, in their order. */
export type Decode = (samples: readonly Sample[]) => Promise<Pixels>;

/**
 * Imports a dataset once and hands it to `work`, with a way to its decoded images. Those that the import kept are at hand; others,
 * which it could not foresee, are read and decoded when they are asked for, alone. `onProgress` counts them, too: its total grows.
 * The images outlive the dataset, which is closed when `work` ends: whoever gets the result closes it.
 * Throws what openDataset and `work` throw; INVALID_INPUT where a file that is read later is not what the import read.
 */
export async function withDecoded<T extends object>(
  path: string,
  options: ImportOptions & { keep: KeepOptions },
  work: (dataset: Dataset, decode: Decode) => Promise<T>,
): Promise<T & { close(): Promise<void> }> {
  const { keep, signal, onProgress } = options;
  let counted = 0;
  const onImport = (done: number, total: number) => {
    counted = total;
    onProgress?.(done, total);
  };
  const dataset = await openDataset(path, { ...options, onProgress: onImport });
  const stores = [dataset.pixels!.store];
  const close = async () => {
    for (const store of stores) await store.close();
  };
  const decode: Decode = async (samples) => {
    const { store: kept, rows } = dataset.pixels!;
    if (samples.every(({ key }) => rows.has(key))) {
      const places = samples.map(({ key }) => rows.get(key)!);
      return new Pixels(kept, samples, places);
    }
    const { size } = keep.image;
    const store = await PixelStore.create({ count: samples.length, size, memory: keep.memory });
    stores.push(store);
    const before = counted;
    await fill(store, dataset, samples, keep, {
      signal,
      onProgress: (done, total) => onImport(before + done, before + total),
    });
    return new Pixels(store, samples, [...samples.keys()]);
  };
  try {
    try {
      return { ...(await work(dataset, decode)), close };
    } finally {
      await dataset.close();
    }
  } catch (error) {
    await close();
    throw error;
  }
}

/** Row i of the store gets the image of sample i, out of the import's store where it is there. */
async function fill(
  store: PixelStore,
  dataset: Dataset,
  samples: readonly Sample[],
  { image, workers }: KeepOptions,
  options: SurveyOptions,
): Promise<void> {
  const { store: kept, rows } = dataset.pixels!;
  const missing: { row: number; sample: Sample }[] = [];
  for (const [row, sample] of samples.entries())
    if (rows.has(sample.key)) store.write(row, kept.read(rows.get(sample.key)!));
    else missing.push({ row, sample });
  const keys = missing.map(({ sample }) => sample.key);
  const rowOf = (at: number) => missing[at]!.row;
  const keep = { store, method: image.resize, workers, rowOf };
  const seen = await survey(dataset, keys, { ...options, keep });
  for (const [at, one] of seen.entries()) {
    const { key, hash } = missing[at]!.sample;
    if ('problem' in one || one.hash !== hash) throw changed(key);
  }
}

function changed(key: string): DistillError {
  const hint = 'Leave the dataset alone until its import has ended, and start again.';
  return new DistillError('INVALID_INPUT', `"${key}" was changed while the dataset was imported.`, hint);
}
