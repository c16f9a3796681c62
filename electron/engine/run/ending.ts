import type { ErrorValue } from '../../contract/errors.ts';
import type { RunState } from '../../contract/run.ts';

/** Why a run was stopped: somebody asked, or the engine that it was worked on for is gone. */
export type StopCause = 'cancel' | 'pause' | 'engine-gone';

const hint = 'Resume the run to continue from there.';

/** The state and the error of a run that ended early, by what was thrown and what it was stopped for. */
export function endingOf(error: ErrorValue, cause: StopCause): { state: RunState; error: ErrorValue } {
  if (error.code === 'WORKER_GONE') return { state: 'interrupted', error };
  if (error.code !== 'CANCELLED') return { state: 'failed', error };
  if (cause === 'cancel') return { state: 'cancelled', error };
  if (cause === 'pause')
    return { state: 'interrupted', error: { ...error, message: `Paused. ${error.message}`, hint } };
  const message = `The program ended while the run was at work. ${error.message}`;
  return { state: 'interrupted', error: { code: 'ENGINE_GONE', message, hint, retryable: true } };
}
