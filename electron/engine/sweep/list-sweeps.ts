import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError, toErrorValue } from '../../contract/errors.ts';
import { memberCount } from '../../contract/sweep/sweep-size.ts';
import type { SweepSummary } from '../../contract/sweep/sweep-summary.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { fileError } from '../../platform/files.ts';
import { folderTime } from '../run-folder/naming.ts';
import { stateOf } from './status.ts';
import { SweepFolder } from './sweep-folder.ts';

/** Sweeps that are looked at in parallel. */
const atOnce = 16;

const isSweep = (folder: string): Promise<boolean> =>
  stat(path.join(folder, 'sweep.json')).then(
    () => true,
    () => false,
  );

/** Throws NOT_FOUND where a folder is no sweep's. */
export async function requireSweep(folder: string): Promise<void> {
  if (await isSweep(folder)) return;
  throw new DistillError(
    'NOT_FOUND',
    `"${folder}" is not a sweep's folder: it has no sweep.json.`,
    'Give the folder that "distill-studio sweep run" printed.',
  );
}

async function summarise(folder: string): Promise<SweepSummary> {
  try {
    const opened = await SweepFolder.open(folder);
    const { sweep, begun } = opened;
    const { startedAt, error } = opened.progress;
    const state = await stateOf(opened, null);
    return { folder, name: sweep.name, state, startedAt, error, members: memberCount(sweep), begun };
  } catch (thrown) {
    return {
      folder,
      name: path.basename(folder),
      state: 'stopped',
      startedAt: await folderTime(folder),
      error: toErrorValue(thrown),
      members: 0,
      begun: 0,
    };
  }
}

/** The sweeps below `out`, newest first; a damaged one is listed with its error. No folder `out`: none. Throws NOT_WRITABLE. */
export async function listSweeps(out: string): Promise<SweepSummary[]> {
  const names = await readdir(out).catch((thrown: unknown) => {
    const error = fileError(thrown, out);
    if (error.code === 'NOT_FOUND') return [];
    throw error;
  });
  const folders = names.filter((name) => !name.startsWith('.')).map((name) => path.resolve(out, name));
  const are = await mapConcurrently(folders, atOnce, isSweep);
  const sweeps = folders.filter((_, index) => are[index]);
  const found = await mapConcurrently(sweeps, atOnce, summarise);
  return found.sort((a, b) => b.startedAt.localeCompare(a.startedAt) || a.folder.localeCompare(b.folder));
}
