import { readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { Settings } from '../../contract/settings.ts';
import type { StorageArea } from '../../contract/storage.ts';
import type { Handlers } from '../../contract/services.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { fileError } from '../../platform/files.ts';
import { folderSize } from '../../platform/folder-size.ts';
import { logsFolder, weightsFolder } from '../../platform/home.ts';
import { trashFolder } from '../run-folder/trash-folder.ts';
import { readSettings } from './settings.ts';

type System = Handlers['system'];
type Context = Parameters<System['storage']>[1];

/**
 * Only folders in which nothing but the program's own files lie: the user may have named Documents as the folder of
 * answers, and emptying an area must not touch what else is there.
 */
const folders: Record<StorageArea['id'], (settings: Settings) => string> = {
  logits: ({ logitsFolder }) => path.join(logitsFolder, 'teacher-answers'),
  weights: weightsFolder,
  downloads: ({ dataFolder }) => path.join(dataFolder, 'downloads'),
  uploads: ({ dataFolder }) => path.join(dataFolder, 'uploads'),
  trash: ({ runsFolder }) => trashFolder(runsFolder),
  logs: logsFolder,
};
const areas = Object.entries(folders) as [StorageArea['id'], (settings: Settings) => string][];

const within = (folder: string, file: string): boolean => {
  const relative = path.relative(folder, file);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
};

/** `inUse`: files and folders that runs at work read; their areas cannot be emptied now. Reports how many areas are added up. */
export async function listStorage(inUse: readonly string[], context: Context): Promise<StorageArea[]> {
  const settings = await readSettings({}, context);
  let done = 0;
  context.progress({ done, total: areas.length });
  return Promise.all(
    areas.map(async ([id, folderOf]) => {
      const folder = folderOf(settings);
      const bytes = await folderSize(folder, context.signal);
      context.progress({ done: ++done, total: areas.length });
      return {
        id,
        folder,
        bytes,
        clearable: !inUse.some((file) => within(folder, file) || within(file, folder)),
      };
    }),
  );
}

/** Files and folders that are removed in parallel. */
const atOnce = 16;

/** Empties one area and no other. Throws RUN_STATE where a run at work needs it, NOT_WRITABLE where something stayed. */
export async function clearStorage(
  { id }: Parameters<System['clearStorage']>[0],
  inUse: readonly string[],
  context: Context,
): Promise<{ freedBytes: number }> {
  const area = (await listStorage(inUse, context)).find((one) => one.id === id)!;
  if (!area.clearable) {
    throw new DistillError(
      'RUN_STATE',
      `A run at work uses ${area.folder}.`,
      'Wait until it has ended, or stop it first.',
    );
  }
  const names = await readdir(area.folder).catch(() => []);
  const failures = await mapConcurrently(names, atOnce, (name) =>
    rm(path.join(area.folder, name), { recursive: true, force: true }).then(
      () => null,
      (thrown: unknown) => ({ thrown, file: path.join(area.folder, name) }),
    ),
  );
  // A log that is being written cannot be removed on Windows; it is small.
  const failure = failures.find((one) => one !== null);
  if (failure && id !== 'logs') throw fileError(failure.thrown, failure.file);
  return { freedBytes: area.bytes - (await folderSize(area.folder)) };
}

/** Of the disk that a folder lies on, or will: the nearest folder above it that exists is asked. */
export const diskSpace: System['disk'] = async ({ folder }) => {
  const absolute = path.resolve(folder);
  for (let place = absolute; ; place = path.dirname(place)) {
    try {
      const { bavail, blocks, bsize } = await statfs(place);
      return { folder: absolute, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    } catch (thrown) {
      const error = fileError(thrown, place);
      if (error.code !== 'NOT_FOUND' || place === path.dirname(place)) throw error;
    }
  }
};
