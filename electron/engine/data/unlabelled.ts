import { createHash } from 'node:crypto';
import path from 'node:path';
import type { SkippedFile, UnlabelledReport } from '../../contract/dataset.ts';
import { DistillError } from '../../contract/errors.ts';
import type { Part } from '../../contract/parts.ts';
import type { Sample } from './dataset.ts';
import type { Examined } from './examine.ts';
import { sortFiles } from './image-files.ts';
import { openSource } from './source/index.ts';
import { noSuchKey } from './source/source.ts';

/** In place of a class: the image has no label. */
export const noLabel = -1;

export const partNames: Record<Part, string> = { train: 'training', validation: 'validation', test: 'test' };

/** A clause that names an image of a dataset. */
export const labelledImage = (key: string, part: Part): string => `${key} of the ${partNames[part]} part`;

/** Images of folders and zips, whatever these are to hold by their layout. */
export interface UnlabelledFiles {
  /** As the user names them: the folder's path and the path inside it. */
  keys: readonly string[];
  read(key: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Throws what openSource throws, and DATASET_EMPTY where a path holds no image. */
export async function openUnlabelled(
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<UnlabelledFiles> {
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of opened) await one();
  };
  // A file that two of the paths reach is one image.
  const readers = new Map<string, () => Promise<Uint8Array>>();
  try {
    for (const at of paths) {
      const { source } = await openSource(at, signal);
      opened.push(() => source.close());
      const { images } = await sortFiles(source, signal);
      if (images.length === 0) throw noImages(at);
      for (const key of images) readers.set(path.join(at, key), () => source.read(key));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    keys: [...readers.keys()],
    read: (key) => readers.get(key)?.() ?? Promise.reject(noSuchKey(key)),
    close,
  };
}

/** How many there are, without a look at any. Throws as openUnlabelled does. */
export async function countUnlabelled(paths: readonly string[], signal?: AbortSignal): Promise<number> {
  const files = await openUnlabelled(paths, signal);
  await files.close();
  return files.keys.length;
}

/** Images without labels that an import found. */
export interface FoundUnlabelled {
  samples: Sample[];
  skipped: SkippedFile[];
  pictures: { key: string; picture: Uint8Array | null }[];
}

/**
 * Sorts out what a survey of `keys` saw. An image with the content of a labelled one, whichever part that is in, or of one before it
 * is left out. `labelled`: a clause about each labelled image by its hash.
 */
export function sortUnlabelled(
  keys: readonly string[],
  surveyed: readonly Examined[],
  labelled: ReadonlyMap<string, string>,
): FoundUnlabelled {
  const found: FoundUnlabelled = { samples: [], skipped: [], pictures: [] };
  const firstOf = new Map<string, string>();
  for (const [at, key] of keys.entries()) {
    const seen = surveyed[at]!;
    if ('problem' in seen) {
      found.skipped.push({ file: key, reason: 'unreadable', detail: seen.problem });
      continue;
    }
    const { hash, picture } = seen;
    const same = labelled.get(hash) ?? firstOf.get(hash);
    if (same !== undefined) {
      found.skipped.push({ file: key, reason: 'duplicate', detail: `same content as ${same}` });
      continue;
    }
    firstOf.set(hash, key);
    found.samples.push({ key, label: noLabel, track: null, hash });
    found.pictures.push({ key, picture });
  }
  return found;
}

/** What a report says of the images that are used and those that are not. */
export function reportUnlabelled(
  paths: readonly string[],
  samples: readonly Sample[],
  skipped: readonly SkippedFile[],
): UnlabelledReport {
  const hash = createHash('sha256');
  // Without their paths: the same images elsewhere are the same.
  for (const sample of samples) hash.update(`${sample.hash}\n`);
  return {
    paths: [...paths],
    images: samples.length,
    fingerprint: hash.digest('hex'),
    skipped: [...skipped],
  };
}

const hint = 'Name a folder or a zip of images in data.unlabelled.paths.';

const noImages = (at: string): DistillError =>
  new DistillError(
    'DATASET_EMPTY',
    `There are no images in "${at}", which is to hold unlabelled ones.`,
    hint,
  );

/** Throws DATASET_EMPTY where nothing of the unlabelled images is left. */
export function requireUnlabelled({ images, paths, skipped }: UnlabelledReport): void {
  if (images > 0) return;
  const [first] = skipped;
  const why = first ? ` (the first is "${first.file}": ${first.detail})` : '';
  throw new DistillError(
    'DATASET_EMPTY',
    `None of the unlabelled images in ${paths.map((at) => `"${at}"`).join(', ')} can be used${why}.`,
    hint,
  );
}
