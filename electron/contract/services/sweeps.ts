import { z } from 'zod';
import { method, pathSchema } from '../method.ts';
import { runtimeSchema } from '../runtime.ts';
import { queueSchema, workerOfferSchema } from '../sweep/queue.ts';
import { schedulerSchema, type WrittenSweep } from '../sweep/cluster.ts';
import { sweepSchema } from '../sweep/sweep.ts';
import type { SweepEstimate } from '../estimate.ts';
import type { TrashedRun } from '../run-summary.ts';
import type { SweepStatus } from '../sweep/sweep-status.ts';
import type { SweepSummary } from '../sweep/sweep-summary.ts';
import type { SweepTable } from '../sweep/sweep-table.ts';
import { estimateBasisShape } from './training.ts';

/** Members of a sweep that run at the same time on this machine, with its cores shared out among them. */
const atOnceSchema = z.number().int().min(1).max(256);

const folderInput = z.strictObject({ folder: pathSchema });

export const sweepsService = {
  /** Starts a sweep in a new folder below `out` and returns at once. Its runs are ordinary ones, in the folder's `runs`. */
  start: method<{ folder: string }>()(
    z.strictObject({
      sweep: sweepSchema,
      data: pathSchema.nullable().default(null),
      /** The folder that the sweep's own folder is made in. */
      out: pathSchema,
      runtime: runtimeSchema.prefault({}),
      /** Of members on this machine. */
      atOnce: atOnceSchema.default(1),
      /** null: all run on this machine. */
      queue: queueSchema.nullable().default(null),
    }),
  ),
  /** Members that completed stay as they are, those that were begun go on, and those that failed are tried again. */
  resume: method<{ folder: string }>()(
    z.strictObject({
      folder: pathSchema,
      /** Where the dataset is now; null: where it was. */
      data: pathSchema.nullable().default(null),
      /** null: as before. Members that were begun keep the threads that they had. */
      atOnce: atOnceSchema.nullable().default(null),
      queue: queueSchema.nullable().default(null),
    }),
  ),
  /**
   * A sweep's folder below `out`, which all machines of a cluster see at the same path, with what its scheduler needs to run each member
   * by `sweep member`. Nothing is started. Throws what `start` throws, and INVALID_INPUT where pods would not find the dataset.
   */
  write: method<WrittenSweep>()(
    z.strictObject({
      sweep: sweepSchema,
      data: pathSchema.nullable().default(null),
      out: pathSchema,
      runtime: runtimeSchema.prefault({}),
      scheduler: schedulerSchema,
    }),
  ),
  /**
   * Starts one member of a sweep by itself and returns at once: its run is an ordinary one, and the same one where it has completed
   * before. Throws RUN_STATE where a process works on the whole sweep or on the member, or where the member that trains its teacher
   * has not done so.
   */
  member: method<{ folder: string }>()(
    z.strictObject({ folder: pathSchema, index: z.number().int().min(0) }),
  ),
  /** Works on members of sweeps from a queue until the call is cancelled. Its progress counts members that ended here. */
  work: method<null>()(workerOfferSchema),
  /** Members at work end after their batch and are saved. */
  stop: method<null>()(folderInput),
  /** Returns when the sweep has ended, however it ended. Its progress counts members. */
  wait: method<SweepStatus>()(folderInput),
  status: method<SweepStatus>()(folderInput),
  /** The sweeps below `out`, newest first; one that cannot be read has its error. */
  list: method<SweepSummary[]>()(z.strictObject({ out: pathSchema })),
  /** With all its runs, into the trash of the folder that holds it, from where `runs.restore` takes it; RUN_STATE where it is at work. */
  trash: method<TrashedRun>()(folderInput),
  /** Time, memory and disk of a whole sweep on this machine, members that may be stopped early included whole. */
  estimate: method<SweepEstimate>()(
    z.strictObject({ sweep: sweepSchema, atOnce: atOnceSchema.default(1), ...estimateBasisShape }),
    { computes: 'shared' },
  ),
  /** Scores, costs and comparisons of what has completed. */
  table: method<SweepTable>()(folderInput, { computes: 'shared' }),
  /** Writes one HTML file with all of it; NOT_WRITABLE where `out` is there. */
  report: method<{ file: string }>()(
    z.strictObject({
      folder: pathSchema,
      /** null: report.html in the sweep's folder. */
      out: pathSchema.nullable().default(null),
    }),
    { computes: 'shared' },
  ),
} as const;
