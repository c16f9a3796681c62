import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import { fileError, isSystemError, notAFile } from '../../../platform/files.ts';
import { openFolder } from './folder.ts';
import type { Given } from './given.ts';
import { mount, type Mounted } from './mount.ts';
import { isParquet, noParquet, openParquets, placesIn } from './parquet.ts';
import { folderOf, isTable, nearest, noSuchKey, type Source } from './source.ts';
import { openZip } from './zip.ts';
import { openZipWithParquets } from './zip-parquet.ts';

export const acceptedLayouts =
  "Give GTSRB's archives or folders, a folder of class folders (perhaps below train/ and test/), a CSV with the columns file and label beside its images, Parquet files as Hugging Face writes them, or a zip of one of these.";

/** Throws DistillError NOT_FOUND, UNSUPPORTED_FORMAT, ARCHIVE_CORRUPT, ARCHIVE_LIMIT, INVALID_INPUT or CANCELLED. */
export async function openSource(given: string, signal?: AbortSignal): Promise<Given> {
  const info = await stat(given).catch((thrown: unknown) => {
    if (!isSystemError(thrown, 'ENOENT')) throw fileError(thrown, given);
    const hint = 'Check the path for a typing mistake.';
    throw new DistillError('NOT_FOUND', `There is no file or folder "${given}".`, hint, { cause: thrown });
  });
  if (info.isDirectory()) return openFolderWithArchives(given, signal);
  const kind = notAFile(info);
  if (kind !== null)
    throw new DistillError('INVALID_INPUT', `"${given}" is ${kind}, not a dataset.`, acceptedLayouts);
  if (isParquet(given)) return openOneParquet(given);
  if (isTable(given))
    return {
      source: await openFolder(path.dirname(given), signal),
      table: path.basename(given),
      parquet: noParquet(),
    };
  if (/\.zip$/i.test(given) || (await startsLikeZip(given))) return openZipWithParquets(given, signal);
  throw new DistillError(
    'UNSUPPORTED_FORMAT',
    `"${given}" is not a folder, zip, CSV or Parquet file.`,
    acceptedLayouts,
  );
}

/**
 * GTSRB is published as several archives: those that lie together are read as if unpacked. Other zips are left alone. Parquet
 * files of images are read as if each were a folder of them.
 */
async function openFolderWithArchives(folder: string, signal: AbortSignal | undefined): Promise<Given> {
  const base = await openFolder(folder, signal);
  const archives = base.keys.filter((key) => /(^|\/)GTSRB[^/]*\.zip$/i.test(key));
  const home = nearest(archives.map(folderOf), 'GTSRB archives');
  const mounted: Mounted[] = [];
  try {
    for (const key of archives.filter((archive) => folderOf(archive) === home)) {
      mounted.push({
        archive: key,
        folder: folderOf(key),
        source: await openZip(path.join(folder, key), signal),
      });
    }
    const parquet = await openParquets(base.keys, await placesIn(folder), signal);
    for (const { images, source } of parquet.sources)
      mounted.push({ archive: images.key, folder: images.key, source });
    const source = mounted.length === 0 ? base : mount(base, mounted);
    return { source, table: null, parquet };
  } catch (error) {
    await Promise.all(mounted.map(({ source }) => source.close()));
    throw error;
  }
}

/** A Parquet file alone: its images lie in a folder of its name, as they do where its folder is given. */
async function openOneParquet(file: string): Promise<Given> {
  const key = path.basename(file);
  const parquet = await openParquets([key], await placesIn(path.dirname(file)));
  const [problem] = parquet.problems.values();
  if (problem) throw problem;
  const [found] = parquet.sources;
  if (!found)
    throw new DistillError(
      'UNSUPPORTED_FORMAT',
      `The Parquet file "${file}" has no column of images.`,
      'Give a file with a column of the images themselves, as Hugging Face writes it.',
    );
  const base: Source = {
    keys: [key],
    skipped: [],
    notes: [],
    places: [file],
    read: (wanted) => Promise.reject(noSuchKey(wanted)),
    head: (wanted) => Promise.reject(noSuchKey(wanted)),
    close: () => Promise.resolve(),
  };
  return { source: mount(base, [{ archive: key, folder: key, source: found.source }]), table: null, parquet };
}

async function startsLikeZip(file: string): Promise<boolean> {
  const handle = await open(file).catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return ['PK\x03\x04', 'PK\x05\x06'].includes(buffer.toString('latin1'));
  } finally {
    await handle.close();
  }
}
