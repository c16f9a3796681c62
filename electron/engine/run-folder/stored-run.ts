import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Recipe } from '../../contract/recipe.ts';
import { fileError, writeJsonAtomic } from '../../platform/files.ts';
import { HeldRecord } from './held-record.ts';
import { RunLock } from './lock.ts';
import { makeFolder, makeNamedFolder } from './naming.ts';
import { refuseLinks } from './no-links.ts';
import { readChecked, recordSchema, requireRun } from './record.ts';
import { queuedRecord, type RunStart } from './run-start.ts';
import { storedRecipeSchema } from './stored-recipe.ts';

/** What stands in each run's folder from the beginning. */
export interface StoredRun {
  folder: string;
  recipe: Recipe;
  record: HeldRecord;
}

/** As RunFolder.create; leaves no folder behind where it throws. */
export async function createRun(out: string, recipe: Recipe, start: RunStart): Promise<StoredRun> {
  const { folderName, startedAt } = start;
  const folder = await (folderName === undefined
    ? makeFolder(out, recipe.name, startedAt)
    : makeNamedFolder(out, folderName));
  try {
    const lock = await RunLock.acquire(folder);
    await writeJsonAtomic(path.join(folder, 'recipe.json'), recipe);
    const record = new HeldRecord(folder, queuedRecord(recipe, start), lock);
    await record.save({});
    return { folder, recipe, record };
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw fileError(thrown, folder);
  }
}

/** As RunFolder.takeOver; releases the lock where it throws. */
export async function takeOverRun(folder: string, token: string): Promise<StoredRun> {
  const absolute = path.resolve(folder);
  const lock = await RunLock.takeOver(absolute, token);
  try {
    return await readRun(absolute, lock);
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

/** `lock`: null where the run is only read. Throws NOT_FOUND, RUN_CORRUPT. */
export async function readRun(folder: string, lock: RunLock | null): Promise<StoredRun> {
  const absolute = path.resolve(folder);
  await requireRun(absolute);
  await refuseLinks(absolute);
  const record = await readChecked(absolute, 'run.json', recordSchema);
  const recipe = await readChecked(absolute, 'recipe.json', storedRecipeSchema);
  return { folder: absolute, recipe, record: new HeldRecord(absolute, record, lock) };
}
