import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { errorValueSchema } from '../../contract/error-value.ts';
import { DistillError } from '../../contract/errors.ts';
import { phaseSpanSchema } from '../../contract/phase-spans.ts';
import { roleSchema, runStates } from '../../contract/run.ts';
import { verdicts } from '../../contract/result.ts';
import { runtimeSchema } from '../../contract/runtime.ts';
import { readJson } from '../../platform/files.ts';
import { withFormerName } from '../../platform/former-name.ts';
import { refuseLinks } from './no-links.ts';

/** What is known of a role whose training is done, so that a resumed run need not do it again. */
const finishedRoleSchema = z.object({
  role: roleSchema,
  bestEpoch: z.number().int().nullable(),
  trainingSeconds: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
  /** In a sentence, what the training lacks that was ended before its time. */
  cutShort: z.string().exactOptional(),
  /** In a sentence, where its loss exploded and stayed finite. */
  exploded: z.string().exactOptional(),
});
export type FinishedRole = z.output<typeof finishedRoleSchema>;

const share = z.number().nullable();
/** Milliseconds. */
export const rangeSchema = z.tuple([z.number(), z.number()]).nullable();
/** The little of result.json that a list of runs shows: that file may have a megabyte, and a list has hundreds of them. */
export const outcomeSchema = z.object({
  accuracy: z.object({ teacher: share, student: share, baseline: share }),
  /** The teacher's network. */
  teacher: z.string(),
  student: z
    .object({
      parameters: z.number(),
      latencyMs: z.number().nullable(),
      latencyRange: rangeSchema.default(null),
    })
    .nullable()
    .default(null),
  verdict: z.enum(verdicts).nullable().default(null),
});
export type Outcome = z.output<typeof outcomeSchema>;

/** run.json: where the run stands. */
const recordFields = z.object({
  version: z.literal(1),
  name: z.string(),
  state: z.enum(runStates),
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  error: errorValueSchema.nullable(),
  /** The dataset that was given beside the recipe; null: the recipe's own. */
  dataPath: z.string().nullable(),
  runtime: runtimeSchema,
  /** The folder in which teacher logits are kept; null: none are. */
  logitsFolder: z.string().nullable().default(null),
  /** The seed of the student's augmentation, once its training with stored teacher logits has begun. */
  augmentSeed: z.number().int().nullable().default(null),
  finished: z.array(finishedRoleSchema),
  /** The worker of a queue on which it ran; null: it ran here. */
  worker: z.string().nullable().default(null),
  /** Oldest first; null in records of earlier versions, whose log has them. */
  phases: z.array(phaseSpanSchema).nullable().default(null),
  /** null where there is no result, or one from before this was kept. */
  outcome: outcomeSchema.nullable().default(null),
});
export const recordSchema = withFormerName(recordFields, 'storedAnswers', 'logitsFolder');
export type RunRecord = z.output<typeof recordSchema>;

/** Throws DistillError NOT_FOUND where the folder is no run's. */
export async function requireRun(folder: string): Promise<void> {
  if (await stat(path.join(folder, 'run.json')).catch(() => null)) return;
  throw new DistillError(
    'NOT_FOUND',
    `"${folder}" is not a run folder: it has no run.json.`,
    'Give the folder that "distill-studio run" printed; it is in "runs" unless --out named another folder.',
  );
}

/** A file of a run, whose folder is one, and which is no link to elsewhere. Throws NOT_FOUND, NOT_WRITABLE. */
export async function fileOfRun(folder: string, name: string): Promise<string> {
  const absolute = path.resolve(folder);
  await requireRun(absolute);
  await refuseLinks(absolute);
  return path.join(absolute, name);
}

/** Reads and checks one of a run's JSON files. Throws DistillError NOT_FOUND or RUN_CORRUPT, naming the place in the file. */
export async function readChecked<T extends z.ZodType>(
  folder: string,
  name: string,
  schema: T,
): Promise<z.output<T>> {
  const file = path.join(folder, name);
  const parsed = schema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.length ? ` at "${issue.path.join('.')}"` : '';
  throw new DistillError(
    'RUN_CORRUPT',
    `"${file}" is damaged${place}: ${issue?.message ?? 'unknown form'}.`,
    'Restore the file from a backup, or start the run again from its recipe.',
  );
}
