import { createHash } from 'node:crypto';
import { toErrorValue } from '../../contract/errors.ts';
import type { Progress } from './dataset.ts';
import { decodeImage } from './image.ts';
import { type Source, stopIfAborted } from './source/source.ts';

/** What one look at an image's bytes tells. */
export type Surveyed = { hash: string; width: number; height: number } | { problem: string };

/** Enough to keep the disk and the decoder's threads busy; never more than these files are in memory at once. */
const inFlight = 16;

/**
 * Reads and decodes every image once; the answers are in the order of `keys`. An image that cannot be read or decoded
 * is an answer, not an error. Throws DistillError CANCELLED.
 */
export async function survey(
  source: Source,
  keys: readonly string[],
  options: { signal?: AbortSignal; onProgress?: Progress },
): Promise<Surveyed[]> {
  const results: Surveyed[] = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let at = next++; at < keys.length; at = next++) {
      stopIfAborted(options.signal);
      results[at] = await look(source, keys[at]!);
      options.onProgress?.(++done, keys.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, keys.length) }, work));
  return results;
}

async function look(source: Source, key: string): Promise<Surveyed> {
  try {
    const bytes = await source.read(key);
    const { width, height } = await decodeImage(bytes);
    return { hash: createHash('sha256').update(bytes).digest('hex'), width, height };
  } catch (error) {
    return { problem: toErrorValue(error).message };
  }
}
