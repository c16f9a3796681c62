import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import type { ReadingRecipe } from '../../../contract/recipe.ts';
import { fileError, isSystemError, notAFile } from '../../files.ts';
import { openFolder } from './folder.ts';
import { mount, type Mounted } from './mount.ts';
import { folderOf, isTable, nearest, type Source } from './source.ts';
import { openZip } from './zip.ts';

/** What a person pointed at. */
export interface Given {
  source: Source;
  /** Key of the table of labels, where that was named instead of its folder. */
  table: string | null;
}

/** What a format reads: what was given, which of its files are images, and what the recipe says of its layout. */
export interface ToRead extends Given {
  images: readonly string[];
  reading: ReadingRecipe;
  /** Files that a format looked at and could not use, by key, a clause each: for the report, where no other format uses them. */
  refusals: Map<string, string>;
}

export const acceptedLayouts =
  "Give GTSRB's archives or folders, a folder of class folders (perhaps below train/ and test/), a CSV with the columns file and label beside its images, or a zip of one of these.";

/** Throws DistillError NOT_FOUND, UNSUPPORTED_FORMAT, ARCHIVE_CORRUPT, ARCHIVE_LIMIT, INVALID_INPUT or CANCELLED. */
export async function openSource(given: string, signal?: AbortSignal): Promise<Given> {
  const info = await stat(given).catch((thrown: unknown) => {
    if (!isSystemError(thrown, 'ENOENT')) throw fileError(thrown, given);
    const hint = 'Check the path for a typing mistake.';
    throw new DistillError('NOT_FOUND', `There is no file or folder "${given}".`, hint, { cause: thrown });
  });
  if (info.isDirectory()) return { source: await openFolderWithArchives(given, signal), table: null };
  const kind = notAFile(info);
  if (kind !== null)
    throw new DistillError('INVALID_INPUT', `"${given}" is ${kind}, not a dataset.`, acceptedLayouts);
  if (isTable(given)) {
    return { source: await openFolder(path.dirname(given), signal), table: path.basename(given) };
  }
  if (/\.zip$/i.test(given) || (await startsLikeZip(given)))
    return { source: await openZip(given, signal), table: null };
  throw new DistillError('UNSUPPORTED_FORMAT', `"${given}" is no folder, zip or CSV.`, acceptedLayouts);
}

/** GTSRB is published as several archives: those that lie together are read as if unpacked. Other zips are left alone. */
async function openFolderWithArchives(folder: string, signal: AbortSignal | undefined): Promise<Source> {
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
  } catch (error) {
    await Promise.all(mounted.map(({ source }) => source.close()));
    throw error;
  }
  return mounted.length === 0 ? base : mount(base, mounted);
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
