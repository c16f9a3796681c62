import type { ErrorValue } from '../errors.ts';
import type { RunState } from '../run.ts';

/** stopped: by a person, by the end of its engine, or by its budget of hours; it can be resumed. */
export const sweepStates = ['running', 'stopping', 'stopped', 'completed'] as const;
export type SweepState = (typeof sweepStates)[number];

/** One run of a sweep. */
export interface SweepMember {
  /** 0-based: its place in the order in which members are run. */
  index: number;
  setting: number;
  seed: number;
  /** What each axis is here, by the axis' name. */
  values: Record<string, string>;
  /** null: it has not begun. */
  folder: string | null;
  /** null: it has not begun. */
  state: RunState | null;
  /** The worker of a queue on which it runs, or ran; null: here, or not begun. */
  worker: string | null;
  /** Why it did not complete. */
  error: ErrorValue | null;
  /** Whether others were better after its last epochs, so that it did not run to its end; it is paused then. */
  stoppedEarly: boolean;
}

export interface SweepStatus {
  folder: string;
  name: string;
  state: SweepState;
  startedAt: string;
  /** Why no further member could be started; null: none of that. */
  error: ErrorValue | null;
  members: SweepMember[];
  /** Mean work of a completed member, the training of a teacher for others left out; null before the first. */
  secondsPerMember: number | null;
  /** What the teachers take that no member has begun to train, by those that were trained; 0 where none was. */
  teacherSecondsLeft: number;
  /** Hours of work after which no further member starts; null: no limit. */
  budgetHours: number | null;
}
