import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { type RunResult, runResultSchema } from '../../contract/result.ts';
import { isActive, type RunState } from '../../contract/run.ts';
import { writeJsonAtomic } from '../../platform/files.ts';
import { readChecked } from './record.ts';

export const resultFile = 'result.json';

export function writeResult(folder: string, result: RunResult): Promise<void> {
  return writeJsonAtomic(path.join(folder, resultFile), result);
}

/** The result of a run in this state. Throws DistillError NOT_FOUND where it has none yet, RUN_CORRUPT. */
export async function readResult(folder: string, state: RunState): Promise<RunResult> {
  try {
    return await readChecked(folder, resultFile, runResultSchema);
  } catch (thrown) {
    if (!(thrown instanceof DistillError && thrown.code === 'NOT_FOUND')) throw thrown;
    const hint = isActive(state) ? 'Wait until it has ended.' : `Resume it: distill-studio resume ${folder}`;
    throw new DistillError(
      'NOT_FOUND',
      `The run "${path.basename(folder)}" has no result yet; it is ${state}.`,
      hint,
    );
  }
}
