import { workerModule } from '../../platform/resources.ts';
import type { DecodeFile, DecodeTask } from './decode-worker.ts';
import type { Progress } from './dataset.ts';
import { examine, problemOf, type Examined } from './examine.ts';
import { claimedPixels } from './image-size.ts';
import { pixelBudget } from './pixel-budget.ts';
import type { PixelStore } from './pixel-store.ts';
import type { ResizeMethod } from './resize.ts';
import { type Source, stopIfAborted } from './source/source.ts';
import { WorkerPool } from './worker-pool.ts';

/** Where to keep the images, resized to the store's size. */
export interface Keep {
  store: PixelStore;
  method: ResizeMethod;
  /** The store's row for the image of `keys[at]`; null: it is not kept. */
  rowOf: (at: number) => number | null;
  /** Worker threads that decode and resize. */
  workers: number;
}

export interface SurveyOptions {
  signal?: AbortSignal | undefined;
  onProgress?: Progress | undefined;
  keep?: Keep | undefined;
}

/** Files that are read together and sent to a worker in one message. */
const chunk = 8;
/** Chunks under way for each worker: one is read while the other is decoded. */
const ahead = 2;
/** Without workers: enough to keep the disk and libvips' threads busy. */
const inFlight = 16;

/**
 * Reads and decodes every image once and, where asked to, keeps it; the results are in the order of `keys`. An image
 * that cannot be read or decoded is a result, not an error. Files are read on this thread, at most 16 at a time (for
 * each worker), and no more than these are in memory.
 * Throws DistillError CANCELLED; DISK_FULL where there is no room to keep the images.
 */
export async function survey(
  source: Pick<Source, 'read'>,
  keys: readonly string[],
  { signal, onProgress, keep }: SurveyOptions,
): Promise<Examined[]> {
  const results: Examined[] = [];
  let next = 0;
  let done = 0;
  let failed = false;
  /** Takes the next `count` keys again and again until none are left or one of its kind has failed. */
  const take = async (count: number, work: (from: number, to: number) => Promise<Examined[]>) => {
    try {
      while (next < keys.length && !failed) {
        stopIfAborted(signal);
        const from = next;
        next = Math.min(from + count, keys.length);
        for (const [i, result] of (await work(from, next)).entries()) results[from + i] = result;
        onProgress?.((done += Math.min(count, keys.length - from)), keys.length);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const run = async (takers: Promise<void>[]) => {
    // Everything comes to its end before an error is thrown: a thread must not end in the middle of libvips' work.
    await Promise.allSettled(takers);
    await Promise.all(takers);
  };

  if (!keep) {
    const look = async (at: number) => [await lookAt(source, keys[at]!)];
    await run(Array.from({ length: inFlight }, () => take(1, look)));
    return results;
  }
  const pool = await decodePool(keep);
  pool.hold();
  try {
    const takers = Array.from({ length: keep.workers * ahead }, (_, i) =>
      take(chunk, (from, to) =>
        decodeChunk(pool, i % keep.workers, source, keys.slice(from, to), from, keep),
      ),
    );
    await run(takers);
  } finally {
    pool.unhold();
    await pool.close();
  }
  return results;
}

async function lookAt(source: Pick<Source, 'read'>, key: string): Promise<Examined> {
  try {
    const bytes = await source.read(key);
    return await pixelBudget.take(await claimedPixels(bytes), () => examine(bytes, null));
  } catch (error) {
    return problemOf(error);
  }
}

async function decodePool({ store, method, workers }: Keep): Promise<WorkerPool<DecodeFile[], Examined[]>> {
  const data: DecodeTask = { place: store.place, resizing: { size: store.size, method } };
  // sharp asks for it: where a worker is the first to load libvips, the library leaves with that worker.
  await import('sharp');
  return new WorkerPool(workerModule('./decode-worker', import.meta.url), {
    workers,
    purpose: 'decoding images',
    data,
  });
}

async function decodeChunk(
  pool: WorkerPool<DecodeFile[], Examined[]>,
  worker: number,
  source: Pick<Source, 'read'>,
  keys: readonly string[],
  first: number,
  { rowOf }: Keep,
): Promise<Examined[]> {
  const read = await Promise.all(
    keys.map((key, i) =>
      source.read(key).then(
        (bytes) => ({ bytes: copyOf(bytes), row: rowOf(first + i) }),
        (error: unknown) => problemOf(error),
      ),
    ),
  );
  const files = read.filter((one) => 'bytes' in one);
  const decoded: Examined[] = [];
  for (const group of await groupsOf(files)) {
    const examined = await pixelBudget.take(group.pixels, () =>
      pool.request(
        worker,
        group.files,
        group.files.map(({ bytes }) => bytes.buffer),
      ),
    );
    for (const one of examined) decoded.push(one);
  }
  let next = 0;
  return read.map((one) => ('bytes' in one ? decoded[next++]! : one));
}

type ReadFile = DecodeFile & { bytes: Uint8Array<ArrayBuffer> };

/** Files that a worker may decode at once: as many as there is room for, mostly all. */
async function groupsOf(files: readonly ReadFile[]): Promise<{ files: ReadFile[]; pixels: number }[]> {
  const groups: { files: ReadFile[]; pixels: number }[] = [];
  for (const file of files) {
    const pixels = await claimedPixels(file.bytes);
    const last = groups.at(-1);
    // Half of the budget, so that two workers can be at work.
    if (last && last.pixels + pixels <= pixelBudget.total / 2) {
      last.files.push(file);
      last.pixels += pixels;
    } else groups.push({ files: [file], pixels });
  }
  return groups;
}

/** A copy that may be transferred: what `read` returns may be a view of Node's buffer pool. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}
