import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import type { Recipe } from '../../contract/recipe.ts';
import { fileError, isSystemError, isTemporaryName, makeFolders } from '../../platform/files.ts';
import { filesBelow } from '../../platform/folder-size.ts';
import { recover } from '../run-folder/recovery.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { SweepFolder } from './sweep-folder.ts';

/** Files of a run that belong to its folder: its record, which is written anew, and what holds it. */
const ownFiles = new Set(['run.json', 'recipe.json', 'run.lock']);

export interface Attempt {
  /** Queued, held by this process. */
  run: RunFolder;
  /** Whether it goes on from what an earlier attempt did. */
  resume: boolean;
}

/**
 * Begins the next attempt at a member in a folder of its own, with a copy of all that the last one had computed: its worker may come back
 * and write into the old folder. `recipe`: of a member that has computed nothing yet. Throws NOT_WRITABLE, DISK_FULL.
 */
export async function nextAttempt(folder: SweepFolder, index: number, recipe: Recipe): Promise<Attempt> {
  const begun = folder.member(index);
  const last = begun === null ? null : await recover(begun).catch(() => null);
  const files = last ? await filesBelow(last.folder) : [];
  const isCheckpoint = ({ path: file }: { path: string }) =>
    path.relative(last!.folder, file).startsWith(`checkpoints${path.sep}`);
  if (!last || (last.finished.length === 0 && !files.some(isCheckpoint)))
    return { run: await folder.begin(index, recipe), resume: false };
  const { finished, augmentSeed } = last;
  const run = await folder.begin(index, last.recipe, {
    finished: [...finished],
    augmentSeed,
    phases: await last.phases(),
  });
  // Journals after the checkpoints, so that they reach at least as far.
  for (const { path: file } of files.toReversed()) {
    const name = path.relative(last.folder, file);
    if (ownFiles.has(name) || isTemporaryName(path.basename(file))) continue;
    await copyInto(file, run.path(name));
  }
  return { run, resume: true };
}

/** A file that is gone by now is none of the last state. */
async function copyInto(from: string, to: string): Promise<void> {
  await makeFolders(path.dirname(to));
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((thrown: unknown) => {
    if (!isSystemError(thrown, 'ENOENT')) throw fileError(thrown, to);
  });
}
