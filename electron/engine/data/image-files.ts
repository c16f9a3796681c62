import path from 'node:path';
import type { SkippedFile } from '../../contract/dataset.ts';
import { imageExtensions } from './image.ts';
import { fileKind, headBytes, kindByName, mayBeImage, type NotRead } from './image-kind.ts';
import { isTable, type Source, stopIfAborted } from './source/source.ts';

/** A source's files, told apart. */
export interface SortedFiles {
  /** Keys of those taken for images, whether or not they turn out to be whole, in the source's order. */
  images: string[];
  /** What some of the others are. */
  others: ReadonlyMap<string, NotRead>;
}

/** Files that are looked into at a time. */
const atOnce = 32;

/** Endings of images are believed, and so are those of well-known other files; for the rest the first bytes decide. */
export async function sortFiles(
  source: Pick<Source, 'keys' | 'head'>,
  signal?: AbortSignal,
): Promise<SortedFiles> {
  const images = new Set<string>();
  const others = new Map<string, NotRead>();
  const unknown: string[] = [];
  for (const key of source.keys) {
    const ending = endingOf(key);
    if (imageExtensions.has(ending)) images.add(key);
    else if (mayBeImage(ending) && !isTable(key)) unknown.push(key);
    else {
      const kind = kindByName(key);
      if (kind) others.set(key, kind);
    }
  }
  const pending = unknown.values();
  const look = async () => {
    for (const key of pending) {
      stopIfAborted(signal);
      const head = await source.head(key, headBytes).catch(() => null);
      const kind = (head && fileKind(head)) ?? kindByName(key);
      if (!kind) continue;
      if ('format' in kind) images.add(key);
      else others.set(key, kind);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, look));
  return { images: source.keys.filter((key) => images.has(key)), others };
}

const endingOf = (key: string): string => path.posix.extname(key).toLowerCase();

export const notRead = (file: string, { reason, what, remedy }: NotRead): SkippedFile => ({
  file,
  reason,
  detail: `it is ${what}; ${remedy}`,
});
