import { z } from 'zod';
import { errorValueSchema } from '../error-value.ts';
import { recipeSchema } from '../recipe.ts';
import { runtimeSchema } from '../runtime.ts';
import { isSegment } from '../segment.ts';

/** A name that becomes one part of a path. */
const segmentSchema = z.string().refine(isSegment, 'must be a plain name');

/** A place below a folder, with forward slashes and no way out of it. */
export const placeSchema = z
  .string()
  .max(1000)
  .refine((place) => place.split('/').every(isSegment), 'must be a place below a folder');

/** The name of one attempt's run folder: <index>-<attempt>-<title>. */
const attemptSchema = z.string().regex(/^\d{5,}-[1-9]\d*-[a-z0-9-]+$/);

/** Where a dataset's bytes are the same everywhere. */
const fingerprintSchema = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * One attempt at a member of a sweep, as it lies in the queue. Every path in it, those in the recipe included, is a place below the
 * sweep's folder, which each worker has a copy of in its own.
 */
export const memberJobSchema = z.strictObject({
  version: z.literal(1),
  /** The sweep's folder on a worker. */
  sweep: segmentSchema,
  /** Where the sweep's folder lies in the folder that all machines see; null: its files travel by HTTP. */
  shared: placeSchema.nullable(),
  /** The address for them, and what a request must bring. */
  files: z.strictObject({ url: z.url({ protocol: /^http$/ }), token: z.string() }).nullable(),
  attempt: attemptSchema,
  recipe: recipeSchema,
  runtime: runtimeSchema,
  dataset: z.strictObject({
    /** By which a worker is given it with --data. */
    name: segmentSchema,
    fingerprint: fingerprintSchema,
    /** Where it lies in the folder that all machines see; null: not there. */
    shared: placeSchema.nullable(),
    /** What the machine that started the sweep serves of it; null: a worker has its own. */
    served: z.enum(['folder', 'file']).nullable(),
  }),
  /** Whether the attempt's folder has a run to go on with. */
  resume: z.boolean(),
  /** Values for the run's record on the machine that started the sweep; never used as paths on another. */
  home: z.strictObject({ dataPath: z.string().nullable(), logitsFolder: z.string() }),
  /** The epoch of its student after which the run pauses; null: it runs to its end. */
  pauseAfter: z.number().int().min(1).nullable().default(null),
  /** Whether the member is to end after its batch. */
  stop: z.boolean(),
});
export type MemberJob = z.output<typeof memberJobSchema>;

/** How an attempt ended. */
export const memberReportSchema = z.strictObject({
  version: z.literal(1),
  attempt: attemptSchema,
  worker: z.string(),
  /** interrupted: it was asked to stop, has paused as it was to, or `fault`. */
  state: z.enum(['completed', 'failed', 'interrupted']),
  /** Why this worker could not go on, where another one may. */
  fault: errorValueSchema.nullable(),
});
export type MemberReport = z.output<typeof memberReportSchema>;
