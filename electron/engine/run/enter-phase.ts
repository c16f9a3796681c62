import type { RunEvent } from '../../contract/events.ts';
import { type Phase, phasesOf } from '../../contract/run.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { timeLeft } from '../../contract/time-left.ts';
import { throttled } from '../work/progress.ts';

/** Seconds that a phase will still take; null: not known yet. */
type Left = (done: number, total: number) => number | null;

/** Begins a phase, and gives what reports its progress. `left`: from the rate of late where nothing else is given. */
export type EnterPhase = (phase: Phase, left?: Left) => (done: number, total: number) => void;

/** Reports the phases of a run of this recipe. */
export function phaseReporter(recipe: Recipe, emit: (event: RunEvent) => void): EnterPhase {
  const phases = phasesOf(recipe);
  return (phase, left = timeLeft()) => {
    emit({ type: 'phase', phase, index: phases.indexOf(phase), count: phases.length });
    return throttled((done, total) =>
      emit({ type: 'progress', phase, done, total, etaSeconds: left(done, total) }),
    );
  };
}
