import { existsSync } from 'node:fs';
import type { RunClock } from '../estimate/run-clock.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';
import { trainRole } from './train-role.ts';

/** Whether the run has a baseline to train: not where it is to finish and that training has not begun. */
export const trainsBaseline = ({ run, recipe, finish }: RunContext): boolean =>
  recipe.baseline &&
  (!finish.aborted ||
    run.finished.some(({ role }) => role === 'baseline') ||
    existsSync(run.checkpointFolder('baseline')));

/** Trains the student's network as the student is trained, on labels alone. */
export function trainBaseline(context: RunContext, clock: RunClock): Promise<Candidate> {
  return trainRole(context, 'baseline', context.recipe.student.training, null, clock);
}
