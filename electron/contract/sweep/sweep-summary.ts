import type { ErrorValue } from '../errors.ts';
import type { SweepState } from './sweep-status.ts';

/** What a list of sweeps shows of one. */
export interface SweepSummary {
  folder: string;
  name: string;
  state: SweepState;
  startedAt: string;
  /** Why no further run could be started, or why the folder cannot be read; null: none of that. */
  error: ErrorValue | null;
  /** All runs that it has, and those of them that have begun. */
  members: number;
  begun: number;
}
