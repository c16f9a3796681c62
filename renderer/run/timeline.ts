import type { RunPosition } from '../../electron/contract/position.ts';
import { isActive, type Phase, phasesOf, type Role, type RunState } from '../../electron/contract/run.ts';
import type { EpochPoint } from '../../electron/contract/metrics.ts';
import type { LogLine } from '../../electron/contract/run-details.ts';
import type { Recipe, StageRecipe } from '../../electron/contract/recipe.ts';

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

/** How the log tells that a phase has begun. */
export const phaseMessage = (phase: Phase): string => `Phase: ${phase}.`;
const phaseLine = /^Phase: (\w+)\.$/;
const stateLine = /^State: (\w+)\.$/;

/** Seconds of each phase out of the log's lines, over all processes that worked on the run. */
function spent(log: readonly LogLine[], now: number, active: boolean): Map<Phase, number> {
  const seconds = new Map<Phase, number>();
  let open: { phase: Phase; since: number } | null = null;
  const close = (time: number): void => {
    if (open) seconds.set(open.phase, (seconds.get(open.phase) ?? 0) + Math.max(0, time - open.since) / 1000);
    open = null;
  };
  let last = 0;
  for (const { time, message } of log) {
    const at = Date.parse(time);
    const begins = phaseLine.exec(message)?.[1] as Phase | undefined;
    const state = stateLine.exec(message)?.[1];
    if (begins !== undefined) {
      close(at);
      open = { phase: begins, since: at };
    } else if (state === 'running') {
      // What the process before this one left open ended with the last that it told.
      close(last);
    } else if (state !== undefined && state !== 'stopping') close(at);
    last = at;
  }
  close(active ? now : last);
  return seconds;
}

/** Every phase with its state and time. `reached`: the furthest phase of a run that is not at work, as its log tells. */
export function timeline(options: {
  recipe: Recipe;
  state: RunState;
  position: RunPosition | null;
  log: readonly LogLine[];
  epochs: (role: Role) => readonly EpochPoint[];
  now: number;
}): PhaseRow[] {
  const { recipe, state, position, log, epochs, now } = options;
  const phases = position?.phases ?? phasesOf(recipe);
  const seconds = spent(log, now, isActive(state) && position !== null);
  const reached = log.reduce((furthest, { message }) => {
    const phase = phaseLine.exec(message)?.[1] as Phase | undefined;
    return phase === undefined ? furthest : phases.indexOf(phase);
  }, -1);
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
    const told = seconds.get(phase) ?? null;
    if (phase !== 'teacher' && phase !== 'student' && phase !== 'baseline') return told;
    // The log of a process that died may end before its last epoch did.
    const points = epochs(phase);
    return points.length > 0
      ? Math.max(
          told ?? 0,
          points.reduce((sum, point) => sum + point.seconds, 0),
        )
      : told;
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
