import type { RunPosition } from '../../electron/contract/position.ts';
import { isActive, type Phase, phasesOf, type Role, type RunState } from '../../electron/contract/run.ts';
import type { EpochPoint } from '../../electron/contract/metrics.ts';
import type { PhaseSpan } from '../../electron/contract/phase-spans.ts';
import type { Recipe } from '../../electron/contract/recipe.ts';
import type { StageRecipe } from '../../electron/contract/recipe/training.ts';

export type PhaseState = 'done' | 'active' | 'waiting' | 'stopped' | 'left-out';

export interface PhaseRow {
  phase: Phase;
  state: PhaseState;
  /** How long it took, or has taken up to now; null where that is not known. */
  seconds: number | null;
}

export interface StageRow {
  /** 1-based. */
  number: number;
  epochs: number;
  /** Of them, whole ones. */
  done: number;
  frozen: boolean;
}

/** Seconds in each phase, over all processes that worked on the run. */
function spent(spans: readonly PhaseSpan[], now: number, active: boolean): Map<Phase, number> {
  const seconds = new Map<Phase, number>();
  for (const { phase, startedAt, endedAt } of spans) {
    const began = Date.parse(startedAt);
    const end = endedAt !== null ? Date.parse(endedAt) : active ? now : null;
    // Nobody knows for how long: it is open in a run that is not at work here, or its process died before it wrote anything more.
    if (end === null || end === began) continue;
    seconds.set(phase, (seconds.get(phase) ?? 0) + Math.max(0, end - began) / 1000);
  }
  return seconds;
}

/** Every phase with its state and time. */
export function timeline(options: {
  recipe: Recipe;
  state: RunState;
  position: RunPosition | null;
  spans: readonly PhaseSpan[];
  epochs: (role: Role) => readonly EpochPoint[];
  now: number;
}): PhaseRow[] {
  const { recipe, state, position, spans, epochs, now } = options;
  const phases = position?.phases ?? phasesOf(recipe);
  const seconds = spent(spans, now, isActive(state) && position !== null);
  const reached = spans.length === 0 ? -1 : phases.indexOf(spans.at(-1)!.phase);
  const trained = (phase: Phase): boolean =>
    (phase === 'teacher' || phase === 'student' || phase === 'baseline') && epochs(phase).length > 0;
  const last = Math.max(reached, phases.findLastIndex(trained));
  const stateOf = (phase: Phase, index: number): PhaseState => {
    if (phase === 'teacher' && recipe.teacher.source !== 'train') return 'left-out';
    if (state === 'completed') return phase === 'baseline' && !trained(phase) ? 'left-out' : 'done';
    if (isActive(state)) {
      if (position === null) return index < last ? 'done' : 'waiting';
      return index < position.index ? 'done' : index === position.index ? 'active' : 'waiting';
    }
    return index < last ? 'done' : index === last ? 'stopped' : 'waiting';
  };
  const secondsOf = (phase: Phase): number | null => {
    const measured = seconds.get(phase) ?? null;
    if (phase !== 'teacher' && phase !== 'student' && phase !== 'baseline') return measured;
    // The phase of a process that died may end, as far as is known, before its last epoch did.
    const points = epochs(phase);
    return points.length > 0
      ? Math.max(
          measured ?? 0,
          points.reduce((sum, point) => sum + point.seconds, 0),
        )
      : measured;
  };
  return phases.map((phase, index) => ({ phase, state: stateOf(phase, index), seconds: secondsOf(phase) }));
}

/** The schedule's stages of one training and how far each is. */
export function stageRows(stages: readonly StageRecipe[], epochsDone: number): StageRow[] {
  let before = 0;
  return stages.map(({ epochs, freezeTo }, index) => {
    const done = Math.min(epochs, Math.max(0, epochsDone - before));
    before += epochs;
    return { number: index + 1, epochs, done, frozen: freezeTo !== 0 };
  });
}
