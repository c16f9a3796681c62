import type { Phase, RunEvent } from '../../../electron/contract/events.ts';
import type { RunPosition } from '../../../electron/contract/library.ts';

/** Where a run stands after an event. */
export function followPosition(
  position: RunPosition | null,
  event: RunEvent,
  phases: Phase[],
): RunPosition | null {
  if (event.type === 'phase') {
    const { phase, index, count } = event;
    return { phase, index, count, phases, progress: null, step: null };
  }
  if (position === null) return null;
  if (event.type === 'progress') return { ...position, progress: event };
  return event.type === 'step' ? { ...position, step: event } : position;
}
