import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import type { TrashedRun } from '../../contract/run-summary.ts';
import { isSegment } from '../../contract/segment.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { fileError, makeFolders, readJson, renameOver, writeJsonAtomic } from '../../platform/files.ts';
import { folderSize } from '../../platform/folder-size.ts';
import { readAnnotation } from './annotation.ts';
import { RunLock } from './lock.ts';
import { folderTime, freePlace } from './naming.ts';
import { requireRun } from './record.ts';

const TRASH = '.trash';
/** Beside the run's own files while it is in the trash. */
const NOTE = 'trashed.json';

const noteSchema = z.object({ trashedAt: z.iso.datetime(), name: z.string() });

/** Where the runs of a folder go; on the same disk, so that a rename moves them. */
export const trashFolder = (out: string): string => path.join(out, TRASH);

async function readNote(folder: string): Promise<z.output<typeof noteSchema>> {
  const parsed = noteSchema.safeParse(await readJson(path.join(folder, NOTE)).catch(() => null));
  if (parsed.success) return parsed.data;
  return { trashedAt: await folderTime(folder), name: path.basename(folder) };
}

const named = z.object({ name: z.string() });

/** What the run or the sweep is called; as its folder where it is damaged. */
async function nameOf(folder: string): Promise<string> {
  const { name } = await readAnnotation(folder);
  if (name !== null) return name;
  for (const file of ['run.json', 'sweep.json']) {
    const parsed = named.safeParse(await readJson(path.join(folder, file)).catch(() => null));
    if (parsed.success) return parsed.data.name;
  }
  return path.basename(folder);
}

async function describe(folder: string): Promise<TrashedRun> {
  const [{ trashedAt }, name, bytes] = await Promise.all([
    readNote(folder),
    nameOf(folder),
    folderSize(folder),
  ]);
  return { folder, name, trashedAt, bytes };
}

/** Moves the folder to a free name; gives that. */
async function move(folder: string, wanted: string): Promise<string> {
  const target = await freePlace(wanted);
  try {
    // It waits out a virus scanner on Windows.
    await renameOver(folder, target);
  } catch (thrown) {
    throw fileError(thrown, folder);
  }
  return target;
}

/** A folder with a lock that can be thrown away. `require` throws NOT_FOUND where a folder is none. */
interface Kind {
  noun: string;
  require: (folder: string) => Promise<void>;
}
const run: Kind = { noun: 'run', require: requireRun };

/**
 * Moves a run, whole or damaged, or what else `kind` is, into the trash of the folder that holds it.
 * Throws NOT_FOUND where there is none, RUN_STATE where a process works on it, NOT_WRITABLE.
 */
export async function moveToTrash(given: string, kind = run): Promise<TrashedRun> {
  const folder = path.resolve(given);
  const name = path.basename(folder);
  await kind.require(folder);
  if (await RunLock.isHeld(folder)) {
    throw new DistillError(
      'RUN_STATE',
      `The ${kind.noun} "${name}" is at work.`,
      'Stop it first, or wait until it has ended.',
    );
  }
  const trash = trashFolder(path.dirname(folder));
  await makeFolders(trash);
  await writeJsonAtomic(path.join(folder, NOTE), { trashedAt: new Date().toISOString(), name });
  try {
    return await describe(await move(folder, path.join(trash, name)));
  } catch (thrown) {
    await rm(path.join(folder, NOTE), { force: true }).catch(() => undefined);
    throw thrown;
  }
}

/** Moves a run back beside the others, under its old name or the next free one. Throws NOT_FOUND, INVALID_INPUT, NOT_WRITABLE. */
export async function moveOutOfTrash(given: string): Promise<{ folder: string }> {
  const folder = path.resolve(given);
  const trash = path.dirname(folder);
  if (path.basename(trash) !== TRASH) {
    throw new DistillError('INVALID_INPUT', `"${folder}" is not in a trash folder.`, 'List the trash again.');
  }
  const found = await lstat(folder).catch(() => null);
  if (!found?.isDirectory()) {
    throw new DistillError(
      'NOT_FOUND',
      `"${folder}" is not in the trash any more.`,
      'It was restored or deleted for good; list the trash again.',
    );
  }
  const { name } = await readNote(folder);
  // The note is a file that anyone can edit: only its last part counts, and ".." not even that.
  const wanted = [path.basename(name), path.basename(folder)].find(isSegment) ?? 'run';
  const restored = await move(folder, path.join(path.dirname(trash), wanted));
  await rm(path.join(restored, NOTE), { force: true }).catch(() => undefined);
  return { folder: restored };
}

/** Runs that are looked at in parallel. */
const atOnce = 16;

/** What is in the trash of a folder of runs, the last trashed first. */
export async function listTrash(out: string): Promise<TrashedRun[]> {
  const trash = trashFolder(path.resolve(out));
  const entries = await readdir(trash, { withFileTypes: true }).catch((thrown: unknown) => {
    const error = fileError(thrown, trash);
    if (error.code === 'NOT_FOUND') return [];
    throw error;
  });
  const folders = entries.filter((entry) => entry.isDirectory());
  const runs = await mapConcurrently(folders, atOnce, ({ name }) => describe(path.join(trash, name)));
  return runs.sort((a, b) => b.trashedAt.localeCompare(a.trashedAt) || a.folder.localeCompare(b.folder));
}
