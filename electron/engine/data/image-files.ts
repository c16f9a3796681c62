import type { SkippedFile } from '../../contract/dataset.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { hasImageEnding } from './image.ts';
import { type FileKind, fileKind, headBytes, kindByName, mayBeImage, type NotRead } from './image-kind.ts';
import { endingOf, folderOf, type Source, stopIfAborted } from './source/source.ts';

/** A source's files by kind. */
export interface SortedFiles {
  /** Keys of those taken for images, whether or not they turn out to be whole, in the source's order. */
  images: string[];
  /** What some of the others are. */
  others: ReadonlyMap<string, NotRead>;
}

/** Files that are looked into at a time. */
const atOnce = 32;
/** Files of a folder and an ending that are opened to decide for all of them, where the ending is one of other files: there may be 100,000. */
const samples = 8;

/**
 * Endings of images are believed. Otherwise the first bytes decide, whatever the name; where the ending is that of a well-known
 * other kind of file, first those of a few files of each folder, and only where one of them is an image those of all.
 */
export async function sortFiles(
  source: Pick<Source, 'keys' | 'head'>,
  signal?: AbortSignal,
): Promise<SortedFiles> {
  const images = new Set<string>();
  const others = new Map<string, NotRead>();
  const unknown: string[] = [];
  const named = new Map<string, string[]>();
  for (const key of source.keys) {
    const ending = endingOf(key);
    if (hasImageEnding(key)) images.add(key);
    else if (mayBeImage(ending)) unknown.push(key);
    else {
      const kind = kindByName(key);
      if (kind) others.set(key, kind);
      const place = `${folderOf(key)}/${ending}`;
      const group = named.get(place);
      if (group) group.push(key);
      else named.set(place, [key]);
    }
  }
  const kindOf = async (key: string): Promise<FileKind | null> => {
    stopIfAborted(signal);
    const head = await source.head(key, headBytes).catch(() => null);
    return head && fileKind(head);
  };
  const addDisguised = async (key: string): Promise<void> => {
    const kind = await kindOf(key);
    // PPM begins with two letters that a text may begin with as well.
    if (!kind || !('format' in kind) || kind.format === 'ppm') return;
    images.add(key);
    others.delete(key);
  };
  await mapConcurrently(unknown, atOnce, async (key) => {
    const kind = (await kindOf(key)) ?? kindByName(key);
    if (!kind) return;
    if ('format' in kind) images.add(key);
    else others.set(key, kind);
  });
  const groups = [...named.values()];
  await mapConcurrently(groups.flatMap(sampleOf), atOnce, addDisguised);
  const mixed = groups.filter((group) => group.some((key) => images.has(key)));
  const disguised = mixed.flatMap((group) => group.filter((key) => !images.has(key)));
  await mapConcurrently(disguised, atOnce, addDisguised);
  return { images: source.keys.filter((key) => images.has(key)), others };
}

/** Some of a group, spread over it. */
function sampleOf(group: readonly string[]): string[] {
  const step = Math.max(1, group.length / samples);
  return Array.from({ length: Math.min(samples, group.length) }, (_, at) => group[Math.floor(at * step)]!);
}

export const notRead = (file: string, { reason, what, remedy }: NotRead): SkippedFile => ({
  file,
  reason,
  detail: `it is ${what}; ${remedy}`,
});
