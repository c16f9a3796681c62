import { DistillError } from '../../contract/errors.ts';
import type { ImageRecipe } from '../../contract/recipe.ts';
import { workerModule } from '../resources.ts';
import type { Progress } from './dataset.ts';
import type { DecodeReply, DecodeRequest, DecodeTask } from './decode-worker.ts';
import type { Pixels } from './pixels.ts';
import { sharedBuffer } from './shared-memory.ts';
import { WorkerPool } from './worker-pool.ts';

/** Images that are read together and sent to a worker in one message. */
const chunk = 8;
/** Chunks under way for each worker: one is read while the other is decoded. */
const ahead = 2;

export interface DecodeOptions {
  workers: number;
  signal?: AbortSignal | undefined;
  /** Counts images. */
  onProgress?: Progress | undefined;
}

/**
 * Reads, decodes and resizes all samples into one block of memory, in their order. Files are read on this thread, at
 * most 16 at a time for each worker; worker threads do the rest.
 * Throws what `read` throws; DistillError IMAGE_UNREADABLE, which names the image; OUT_OF_MEMORY; CANCELLED.
 */
export async function decodePixels(
  read: (key: string) => Promise<Uint8Array>,
  samples: readonly { key: string; label: number }[],
  image: Pick<ImageRecipe, 'size' | 'resize'>,
  { workers, signal, onProgress }: DecodeOptions,
): Promise<Pixels> {
  const { size } = image;
  const count = samples.length;
  const what = `${count} images of ${size} x ${size} pixels`;
  const data = new Uint8Array(sharedBuffer(count * size * size * 3, what));
  const pixels: Pixels = {
    size,
    count,
    data,
    labels: Int32Array.from(samples, ({ label }) => label),
    keys: samples.map(({ key }) => key),
  };
  const task: DecodeTask = { pixels: data, size, method: image.resize };
  // sharp asks for it: where a worker is the first to load libvips, the library leaves with that worker.
  await import('sharp');
  const pool = new WorkerPool<DecodeRequest, DecodeReply>(workerModule('./decode-worker', import.meta.url), {
    workers,
    purpose: 'decoding images',
    data: task,
  });

  let next = 0;
  let done = 0;
  let failed = false;
  async function feed(worker: number): Promise<void> {
    while (next < count && !failed) {
      if (signal?.aborted) throw new DistillError('CANCELLED', 'Decoding was cancelled.');
      const first = next;
      const part = samples.slice(first, (next += chunk));
      const files = await Promise.all(part.map(async ({ key }) => copyOf(await read(key))));
      const transfer = files.map((file) => file.buffer);
      const problem = await pool.request(worker, { first, files }, transfer);
      if (problem) throw naming(samples[problem.index]!.key, problem.error);
      onProgress?.((done += part.length), count);
    }
  }
  pool.hold();
  try {
    const feeds = Array.from({ length: pool.size * ahead }, async (_, i) => {
      try {
        await feed(i % pool.size);
      } catch (error) {
        failed = true;
        throw error;
      }
    });
    // The pool closes only when every worker is idle: a thread must not end in the middle of libvips' work.
    await Promise.allSettled(feeds);
    await Promise.all(feeds);
  } finally {
    pool.unhold();
    await pool.close();
  }
  return pixels;
}

/** A copy that may be transferred: what `read` returns may be a view of Node's buffer pool. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}

function naming(key: string, { code, message, hint }: NonNullable<DecodeReply>['error']): DistillError {
  return new DistillError(code, `${key}: ${message}`, hint);
}
