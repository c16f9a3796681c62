import type { RunClock } from '../estimate/run-clock.ts';
import type { Candidate } from './candidate.ts';
import type { RunContext } from './run-context.ts';
import { trainRole } from './train-role.ts';

/** Trains the teacher of a run that is given none. */
export function trainTeacher(context: RunContext, clock: RunClock): Promise<Candidate> {
  const { teacher } = context.recipe;
  if (teacher.source !== 'train') throw new Error('This teacher is not trained.');
  return trainRole(context, 'teacher', teacher.training, null, clock);
}
