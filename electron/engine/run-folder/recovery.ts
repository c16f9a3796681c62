import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { toErrorValue } from '../../contract/errors.ts';
import { isActive } from '../../contract/run.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { fileError } from '../../platform/files.ts';
import { removeUnborn } from './leftovers.ts';
import { RunLock } from './lock.ts';
import { RunFolder } from './run-folder.ts';
import { SummaryCache } from './summary-cache.ts';
import { summariseDamaged } from './summary.ts';

/**
 * Opens a run; one whose record has it at work while its process is gone becomes `interrupted`, from where it can be resumed.
 * Throws NOT_FOUND, RUN_CORRUPT.
 */
export async function recover(folder: string): Promise<RunFolder> {
  const absolute = path.resolve(folder);
  const turn = (turns.get(absolute) ?? Promise.resolve()).then(() => recoverAlone(absolute));
  const done = turn.then(
    () => undefined,
    () => undefined,
  );
  turns.set(absolute, done);
  void done.then(() => turns.get(absolute) === done && turns.delete(absolute));
  return turn;
}

/** Looks at one run wait for one another here: each would take the lock of the one that sets it right for that of a run at work. */
const turns = new Map<string, Promise<void>>();

async function recoverAlone(folder: string): Promise<RunFolder> {
  const run = await RunFolder.open(folder);
  if (!isActive(run.state) || (await RunLock.isHeld(run.folder))) return run;
  // It may have ended in an orderly way between the two looks.
  const again = await RunFolder.open(folder);
  if (isActive(again.state)) await again.setState('interrupted');
  return again;
}

/** What lasts until a file of the run changes: a run at work changes by itself, and what is damaged may only be out of reach. */
async function look(folder: string): Promise<{ summary: RunSummary; lasts: boolean }> {
  try {
    const summary = await (await recover(folder)).summary();
    return { summary, lasts: !isActive(summary.state) };
  } catch (thrown) {
    return { summary: await summariseDamaged(folder, toErrorValue(thrown)), lasts: false };
  }
}

/** Runs that are looked at in parallel; hundreds of them would all keep their lists of files at the same time. */
const atOnce = 16;

/**
 * The runs below `out`, newest first. Folders without a run.json are no runs and left out; a broken run is listed as failed
 * with its error. No folder `out`: no runs. Throws NOT_WRITABLE where it may not be read.
 */
export async function listRuns(out: string): Promise<RunSummary[]> {
  let names: string[];
  try {
    names = await readdir(out);
  } catch (thrown) {
    const error = fileError(thrown, out);
    if (error.code === 'NOT_FOUND') return [];
    throw error;
  }
  // The trash, and what an atomic write left behind.
  const folders = names.filter((name) => !name.startsWith('.')).map((name) => path.resolve(out, name));
  const isRun = await mapConcurrently(folders, atOnce, (folder) =>
    stat(path.join(folder, 'run.json')).then(
      () => true,
      () => false,
    ),
  );
  const others = folders.filter((_, index) => !isRun[index]);
  await mapConcurrently(others, atOnce, (folder) => removeUnborn(folder));
  const cache = await SummaryCache.open(out);
  const runs = folders.filter((_, index) => isRun[index]);
  const summaries = await mapConcurrently(runs, atOnce, (folder) => cache.get(folder, () => look(folder)));
  await cache.save();
  return summaries.sort((a, b) => order(b.startedAt, a.startedAt) || order(b.folder, a.folder));
}

/** Of ISO times and paths; localeCompare takes ten times as long, and ten thousand runs are compared 130,000 times. */
const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
