import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { imageExtensions } from '../image.ts';
import { type Features, featuresOf, type ImageColumn } from '../parquet/features.ts';
import { openParquet, type ParquetFile } from '../parquet/file.ts';
import { PageCache } from '../parquet/page-cache.ts';
import { maxFileBytes, noSuchKey, type Source, stopIfAborted } from './source.ts';

/** A Parquet file whose rows are images. */
export interface ParquetImages {
  /** The file's own key in its dataset. */
  key: string;
  file: ParquetFile;
  features: Features;
  image: ImageColumn;
  /** The key of each row, inside the file. */
  rows: string[];
}

/** The Parquet files of a dataset. */
export interface ParquetFiles {
  sources: { images: ParquetImages; source: Source }[];
  /** Files that cannot be read, by key. */
  problems: Map<string, DistillError>;
  /** Files without images, and files that are not read for another reason, by key; a clause each. */
  others: Map<string, string>;
}

export const noParquet = (): ParquetFiles => ({ sources: [], problems: new Map(), others: new Map() });

export const isParquet = (name: string): boolean => /\.parquet$/i.test(name);

/** Where a Parquet file lies, and how messages name it. */
export interface ParquetPlace {
  place: string;
  shown: string;
}

/**
 * Opens the Parquet files among some keys; `find` gives their place, null where they cannot be read from it. A file that
 * cannot be read is a result, not an error.
 */
export async function openParquets(
  keys: readonly string[],
  find: (key: string) => Promise<ParquetPlace | null>,
  signal?: AbortSignal,
): Promise<ParquetFiles> {
  const found = noParquet();
  const cache = new PageCache();
  for (const key of keys.filter(isParquet)) {
    stopIfAborted(signal);
    try {
      const at = await find(key);
      const images = at && (await openParquetImages(at, key));
      if (images) found.sources.push({ images, source: parquetSource(images, cache) });
      else
        found.others.set(
          key,
          at ? 'a Parquet file without images in a column' : 'a link that leaves the folder',
        );
    } catch (thrown) {
      if (!(thrown instanceof DistillError) || isOfMachine.has(thrown.code)) throw thrown;
      found.problems.set(key, thrown);
    }
  }
  return found;
}

/** Faults that are not the file's own. */
const isOfMachine: ReadonlySet<string> = new Set(['CANCELLED', 'DISK_FULL', 'OUT_OF_MEMORY']);

/** Places of the Parquet files in a folder. */
export async function placesIn(folder: string): Promise<(key: string) => Promise<ParquetPlace | null>> {
  const root = await realpath(folder);
  return async (key) => {
    const place = await realpath(path.join(root, key));
    return place.startsWith(root) ? { place, shown: place } : null;
  };
}

/** Digits of a row's number in its key, so that keys stand in the order of rows. */
const digits = 6;

/** Opens a file for its images; null where it has none. Throws ARCHIVE_CORRUPT or ARCHIVE_LIMIT. */
export async function openParquetImages(
  { place, shown }: ParquetPlace,
  key: string,
): Promise<ParquetImages | null> {
  const file = await openParquet(place, shown);
  const features = featuresOf(file);
  const names = ['image', 'img', 'images', 'pixels'];
  const image =
    names.flatMap((wanted) => features.images.filter(({ name }) => name.toLowerCase() === wanted))[0] ??
    features.images[0];
  if (!image || file.rows === 0) return null;
  const ending = await endingOf(file, image);
  const rows = Array.from({ length: file.rows }, (_, row) => `${String(row).padStart(digits, '0')}${ending}`);
  return { key, file, features, image, rows };
}

/** The ending that the first image had as a file; images know their own format, so this is a name only. */
async function endingOf(file: ParquetFile, { path: names }: ImageColumn): Promise<string> {
  const page = names === null ? null : await file.page(names, 0);
  const value = page === null ? null : (await page.values())[page.at];
  const name =
    value instanceof Uint8Array ? new TextDecoder().decode(value.subarray(0, 4096)) : String(value ?? '');
  const ending = path.posix.extname(name).toLowerCase();
  return imageExtensions.has(ending) ? ending : '.png';
}

/** The images of a file as files of their own, read page by page; the last pages stay in memory. */
export function parquetSource({ file, image, rows }: ParquetImages, cache: PageCache): Source {
  const rowOf = new Map(rows.map((key, row) => [key, row]));
  const read = async (key: string): Promise<Uint8Array> => {
    const row = rowOf.get(key);
    if (row === undefined) throw noSuchKey(key);
    const { id, at, values } = await file.page(image.bytes, row);
    const bytes = (await cache.get(id, values))[at];
    if (!(bytes instanceof Uint8Array)) throw unreadable(key, 'has no image');
    if (bytes.length > maxFileBytes)
      throw unreadable(key, `has ${bytes.length} bytes, more than the limit of ${maxFileBytes}`);
    return bytes;
  };
  return {
    keys: rows,
    skipped: [],
    notes: [],
    places: [file.file],
    read,
    head: async (key, length) => (await read(key)).subarray(0, length),
    close: () => {
      cache.clear();
      return Promise.resolve();
    },
  };
}

const unreadable = (key: string, why: string): DistillError =>
  new DistillError(
    'IMAGE_UNREADABLE',
    `The row "${key}" ${why}.`,
    'Leave the row out, or write its image into it.',
  );
