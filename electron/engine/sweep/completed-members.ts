import type { RunResult } from '../../contract/result.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { findPredictions, type TestPredictions } from '../run-folder/stored-predictions.ts';
import type { Member } from './members.ts';
import type { SweepFolder } from './sweep-folder.ts';

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
  const completed: CompletedMember[] = [];
  for (const [index, member] of members.entries()) {
    const run = await sweep.openMember(index);
    if (run?.state !== 'completed') continue;
    const result = await run.result().catch(() => null);
    if (result) completed.push({ ...member, folder: run.folder, result });
  }
  return completed;
}

/** null where it kept none. Throws RUN_CORRUPT. */
export const predictionsOf = async ({ folder }: CompletedMember): Promise<TestPredictions | null> =>
  findPredictions(await RunFolder.open(folder));
