import type { RunEvent } from './events.ts';
import type { Phase } from './run.ts';

/** Where a run stands right now; also what a reloaded window begins with. */
export interface RunPosition {
  phase: Phase;
  /** Of all phases, 0-based. */
  index: number;
  count: number;
  /** The phases in their order. */
  phases: Phase[];
  progress: Extract<RunEvent, { type: 'progress' }> | null;
  step: Extract<RunEvent, { type: 'step' }> | null;
  /** Of the whole run; null where it is not known yet. */
  remaining: { seconds: number; reason: string | null } | null;
}

/** Where a run stands after an event; `phases` are those that it goes through. */
export function followPosition(
  position: RunPosition | null,
  event: RunEvent,
  phases: Phase[],
): RunPosition | null {
  if (event.type === 'phase') {
    const { phase, index, count } = event;
    const remaining = position?.remaining ?? null;
    return { phase, index, count, phases, progress: null, step: null, remaining };
  }
  if (position === null) return null;
  if (event.type === 'progress') return { ...position, progress: event };
  if (event.type === 'remaining') {
    const { seconds, reason } = event;
    return { ...position, remaining: { seconds, reason } };
  }
  return event.type === 'step' ? { ...position, step: event } : position;
}
