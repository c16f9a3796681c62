import type { RunResult } from '../../contract/result.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { findPredictions, type TestPredictions } from '../run-folder/stored-predictions.ts';
import type { Member } from './members.ts';
import type { SweepFolder } from './sweep-folder.ts';

/** Results that are read at the same time. */
const atOnce = 16;

/** A member that completed, with its result. */
export interface CompletedMember extends Member {
  folder: string;
  result: RunResult;
}

/** The members of a sweep that completed, in their order; damaged ones are left out. */
export async function completedMembers(
  sweep: SweepFolder,
  members: readonly Member[],
): Promise<CompletedMember[]> {
  const runs = await sweep.openMembers(members.length);
  const completed = await mapConcurrently([...members.entries()], atOnce, async ([index, member]) => {
    const run = runs[index];
    const result = run?.state === 'completed' ? await run.result().catch(() => null) : null;
    return run && result ? [{ ...member, folder: run.folder, result }] : [];
  });
  return completed.flat();
}

/** null where it kept none. Throws RUN_CORRUPT. */
export const predictionsOf = async ({ folder }: CompletedMember): Promise<TestPredictions | null> =>
  findPredictions(await RunFolder.open(folder));
