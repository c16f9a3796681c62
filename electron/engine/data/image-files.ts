import path from 'node:path';
import { imageExtensions } from './image.ts';
import type { Source } from './source/source.ts';

/** The keys of the files that are taken for images, whether or not they turn out to be whole, in the source's order. */
export function imageFiles({ keys }: Pick<Source, 'keys'>): Promise<string[]> {
  return Promise.resolve(keys.filter((key) => imageExtensions.has(path.posix.extname(key).toLowerCase())));
}
