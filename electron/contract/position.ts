import type { Phase, RunEvent } from './events.ts';
import type { RunPosition } from './library.ts';

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
