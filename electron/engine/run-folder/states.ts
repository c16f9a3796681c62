import { DistillError } from '../../contract/errors.ts';
import type { RunState } from '../../contract/run.ts';

/** Which state may follow which. A run that ended early can be resumed; a completed one is final. */
const transitions: Record<RunState, readonly RunState[]> = {
  queued: ['running', 'cancelled', 'failed', 'interrupted'],
  running: ['stopping', 'completed', 'cancelled', 'failed', 'interrupted'],
  stopping: ['cancelled', 'completed', 'failed', 'interrupted'],
  completed: [],
  cancelled: ['queued', 'running'],
  failed: ['queued', 'running'],
  interrupted: ['queued', 'running'],
};

const hints: Record<RunState, string> = {
  queued: 'Wait until it has started.',
  running: 'Stop it first, or wait until it has ended.',
  stopping: 'Wait until it has stopped, then try again.',
  completed: 'Start a new run from its recipe.',
  cancelled: 'Resume the run first.',
  failed: 'Resume the run first.',
  interrupted: 'Resume the run first.',
};

/** Throws DistillError RUN_STATE where `to` may not follow `from`. */
export function checkTransition(run: string, from: RunState, to: RunState): void {
  if (transitions[from].includes(to)) return;
  throw new DistillError('RUN_STATE', `The run "${run}" is ${from}, so it cannot become ${to}.`, hints[from]);
}
