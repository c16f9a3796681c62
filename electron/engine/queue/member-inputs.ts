import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { MemberJob } from '../../contract/sweep/member-job.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { makeFolders, writeJsonAtomic } from '../../platform/files.ts';
import { recover } from '../run-folder/recovery.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import type { Exchange, SweepFile } from './exchange.ts';
import { isNeeded, localRecipe, placesIn } from './portable-recipe.ts';

/** Files that are fetched at the same time. */
const atOnce = 4;

/** A machine that works on members, as far as a member is concerned. */
export interface Place {
  /** The sweep's folder here. */
  folder: string;
  /** The dataset here. */
  data: string;
  worker: string;
  threads: number;
  /** MiB for images; null: as the sweep has it. */
  memory: number | null;
}

/** Brings what a member needs: the files that its recipe names, and the stored logits. */
export async function fetchInputs(job: MemberJob, exchange: Exchange, folder: string): Promise<void> {
  const places = placesIn(job.recipe);
  const listed = await Promise.all(
    places.map(async (place) => (await exchange.list(place)).filter(({ name }) => isNeeded(place, name))),
  );
  const missing = places.find((_, index) => listed[index]!.length === 0);
  if (missing !== undefined)
    throw new DistillError(
      'NOT_FOUND',
      `"${missing}" is not in the folder of the sweep.`,
      'See whether the folder is the same one on all machines.',
    );
  await fetchAll([...listed.flat(), ...(await exchange.list('cache'))], exchange, folder);
}

/** What is here with the same length is the same file: whole files arrive, and none is changed but the store's description. */
async function fetchAll(files: readonly SweepFile[], exchange: Exchange, folder: string): Promise<void> {
  await mapConcurrently(files, atOnce, async (file) => {
    const to = path.join(folder, ...file.name.split('/'));
    const here = await stat(to).catch(() => null);
    if (here?.size === file.bytes && path.basename(to) !== 'store.json') return;
    await exchange.fetch(file, to);
  });
}

/** The run of an attempt in this machine's folders, queued and held by this process. */
export async function openAttempt(job: MemberJob, exchange: Exchange, place: Place): Promise<RunFolder> {
  const { folder, data, worker, threads, memory } = place;
  const recipe = localRecipe(job.recipe, folder);
  const runtime = {
    ...job.runtime,
    threads: job.runtime.threads ?? threads,
    memory: memory ?? job.runtime.memory,
  };
  const logitsFolder = path.join(folder, 'cache');
  const runs = path.join(folder, 'runs');
  const own = path.join(runs, job.attempt);
  // Of an earlier time at the same attempt, before this process.
  await rm(own, { recursive: true, force: true });
  await makeFolders(runs);
  if (!job.resume) {
    const start = { dataPath: data, runtime, logitsFolder, startedAt: new Date(), worker };
    return RunFolder.create(runs, recipe, { ...start, folderName: job.attempt });
  }
  await fetchAll(
    (await exchange.list(`runs/${job.attempt}`)).filter(({ name }) => !name.endsWith('/run.lock')),
    exchange,
    folder,
  );
  await writeJsonAtomic(path.join(own, 'recipe.json'), recipe);
  const run = await recover(own);
  await run.setState('queued');
  await run.update({ dataPath: data, runtime, logitsFolder, worker });
  return run;
}
