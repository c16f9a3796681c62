import type { RunSummary } from '../../contract/run-summary.ts';
import type { Job } from './jobs.ts';
import type { Member } from './members.ts';
import type { SweepFolder } from './sweep-folder.ts';
import type { Teachers } from './teachers.ts';

/** Where members of a sweep run. */
export interface Executor {
  /** Members that it takes at the same time. */
  readonly slots: number;
  /**
   * Runs a member to its end or to where it is to pause, from where it was left if it has begun. Gives how its run ended: completed,
   * failed, or interrupted. Rejects where no further member can be run, e.g. because the disk is full.
   */
  run(job: Job): Promise<RunSummary>;
  /** Ends what is at work after its batch, saved; `run` then resolves. Nothing more is run. */
  stop(): Promise<void>;
  /** Gives back what it holds, once nothing is at work any more. */
  close?(): Promise<void>;
}

/** Makes the executor of a sweep, or has it ready. */
export type MakeExecutor = (sweep: {
  folder: SweepFolder;
  members: readonly Member[];
  teachers: Teachers;
}) => Executor;
