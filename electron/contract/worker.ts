import { z } from 'zod';
import type { ImportReport } from './dataset.ts';
import { method, pathSchema } from './method.ts';
import type { Probes } from './probes.ts';
import { type Recipe, recipeSchema } from './recipe.ts';
import type { RunResult } from './result.ts';
import { stopModes } from './run.ts';
import type { RunSummary } from './run-summary.ts';
import {
  type CallsOf,
  type ComputingHandlers,
  type ComputingServices,
  type HandlersOf,
  services,
  type Subscribable,
} from './services.ts';

/** What the engine asks of a worker beside the methods that hosts call. */
export const workService = {
  /** Whether a run is at work in any worker: measurements meanwhile are unreliable. */
  setBusy: method<null>()(z.strictObject({ value: z.boolean() })),
  /** Throws what is wrong with what a recipe names, before a folder is made for its run. */
  preflight: method<null>()(
    z.strictObject({
      recipe: recipeSchema,
      dataPath: pathSchema.nullable(),
      out: pathSchema,
    }),
  ),
  /** Files of a run, or a recipe, that the engine's process would read for too long; a run's import report is null where it has none. */
  result: method<RunResult>()(z.strictObject({ folder: pathSchema })),
  probes: method<Probes>()(z.strictObject({ folder: pathSchema })),
  dataset: method<ImportReport | null>()(z.strictObject({ folder: pathSchema })),
  recipe: method<Recipe>()(z.strictObject({ file: pathSchema })),
  /** As `system.clearStorage`: a folder of a hundred thousand files is listed at one go. `inUse`: what runs at work need. */
  clearStorage: method<{ freedBytes: number }>()(
    services.system.clearStorage.input.extend({ inUse: z.array(pathSchema) }),
  ),
  /** Takes the run over from its holder, without a moment in which nobody holds it. `token`: the holder's lock's. */
  take: method<null>()(z.strictObject({ folder: pathSchema, token: z.string() })),
  /**
   * Works on the run that was taken, until it has ended, however it ended. Its events come on `workTopic`. `pauseAfter`: the epoch of
   * its student after which it pauses by itself.
   */
  execute: method<RunSummary>()(
    z.strictObject({ resume: z.boolean(), pauseAfter: z.number().int().min(1).nullable().default(null) }),
  ),
  /** As `runs.stop`, of the run at work. */
  stop: method<null>()(z.strictObject({ mode: z.enum(stopModes) })),
} as const;

/** The contract between the engine and a worker: the methods that compute, and those of its own. */
export const workerServices = { ...services, work: workService } as const;

export type WorkHandlers = HandlersOf<{ work: typeof workService }>;
export type WorkerHandlers = ComputingHandlers & WorkHandlers;
export type WorkerClient = CallsOf<ComputingServices & { work: typeof workService }> & Subscribable;

/** The topic of the events of the run that a worker works on. */
export const workTopic = 'work';

/** What a worker is for: a run, one call, or the short calls. */
export const workerRoles = ['run', 'own', 'shared'] as const;
export type WorkerRole = (typeof workerRoles)[number];

/** A started worker, wherever it lives. */
export interface RunningWorker {
  client: WorkerClient;
  /** Settles when it is gone, with how it ended: 'exit code 0', 'signal SIGKILL'. */
  ended: Promise<string>;
  /** Asks it to break off what it does, to save it, and to end. */
  close(): void;
}

export type StartWorker = (role: WorkerRole) => RunningWorker;
