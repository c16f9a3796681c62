import { z } from 'zod';
import { type ImportReport, skipReasons, type SkipReason } from '../../contract/dataset.ts';
import { exportFormats } from '../../contract/exports.ts';
import { parts } from '../../contract/recipe.ts';
import { type RunResult, verdicts } from '../../contract/result.ts';

/** The shapes of result.json and dataset.json as they are read back. JSON has no NaN: null stands for it. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const count = z.number();
const role = z.enum(['teacher', 'student', 'baseline']);

const byRole = <T extends z.ZodType>(value: T) =>
  z.object({ teacher: value, student: value, baseline: value.nullable() });

const scores = z.object({
  n: count,
  accuracy: figure,
  top5: figure,
  f1Weighted: figure,
  f1Macro: figure,
  logLoss: figure,
  ece: figure,
});

const model = z.object({
  architecture: z.string(),
  parameters: count,
  macs: count,
  bytes: count,
  latencyMs: figure,
  latencyRange: z.tuple([figure, figure]).exactOptional(),
  bestEpoch: z.number().nullable(),
  trainingSeconds: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
  test: scores,
  seen: scores.nullable(),
  unseen: scores.nullable(),
  validation: scores.nullable(),
});

const classScores = z.object({
  id: count,
  name: z.string(),
  precision: figure,
  recall: figure,
  f1: figure,
  support: count,
});

const mistake = z.object({
  key: z.string(),
  label: count,
  top5: z.array(z.object({ id: count, probability: figure })),
});

const exportRow = z.object({
  format: z.enum(exportFormats),
  role,
  file: z.string(),
  bytes: count,
  runtime: z.string(),
  n: count,
  accuracy: figure,
  f1Macro: figure,
  logLoss: figure,
  agreement: figure,
  largestDifference: figure,
  latency: z.object({ ms: figure, low: figure, high: figure }),
  findings: z.array(z.string()),
  notes: z.array(z.string()),
});

export const resultSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  backend: z.string(),
  classes: z.array(z.object({ id: count, name: z.string(), seen: z.boolean() })),
  dataset: z.object({
    path: z.string(),
    format: z.string(),
    fingerprint: z.string(),
    train: count,
    validation: count,
    test: count,
  }),
  models: byRole(model),
  comparison: z.object({
    mcnemarP: z.number().nullable(),
    onlyStudent: z.number().nullable(),
    onlyBaseline: z.number().nullable(),
    verdict: z.enum(verdicts),
    sentence: z.string(),
    agreement: figure,
  }),
  perClass: byRole(z.array(classScores)),
  confusion: byRole(z.array(z.array(count))),
  mistakes: byRole(z.array(mistake)),
  tta: z.array(
    z.object({
      role,
      count,
      beta: figure,
      accuracy: figure,
      f1Weighted: figure,
      logLoss: figure,
      msPerImage: figure,
    }),
  ),
  exports: z.array(exportRow).exactOptional(),
  cutShort: z.array(z.string()).exactOptional(),
  warnings: z.array(z.string()).exactOptional(),
}) satisfies z.ZodType<RunResult>;

const part = z.object({
  images: count,
  tracks: count,
  sides: z.object({ min: figure, median: figure, max: figure }),
});

const reading = z.object({
  parts: z.array(
    z.object({ folder: z.string(), part: z.enum([...parts, 'ignore']), images: count, why: z.string() }),
  ),
  table: z
    .object({
      file: z.string(),
      columns: z.array(z.string()),
      preview: z.array(z.array(z.string())),
      chosen: z.object({
        file: z.string().nullable(),
        label: z.string().nullable(),
        part: z.string().nullable(),
      }),
      how: z.string(),
    })
    .nullable(),
  notes: z.array(z.string()),
});

const noImages = { images: 0, tracks: 0, sides: { min: 0, median: 0, max: 0 } };

const currentReportSchema = z.object({
  path: z.string(),
  format: z.string(),
  fingerprint: z.string(),
  classes: z.array(
    z.object({
      id: count,
      name: z.string(),
      train: count,
      tracks: count,
      validation: count.default(0),
      test: count,
    }),
  ),
  train: part,
  validation: part,
  test: part,
  reading: reading.default({ parts: [], table: null, notes: [] }),
  leaks: z
    .array(
      z.object({
        train: z.string(),
        other: z.string(),
        part: z.enum(['validation', 'test']),
        sameBytes: z.boolean(),
      }),
    )
    .default([]),
  skipped: z.array(
    z.object({
      file: z.string(),
      reason: z.enum(Object.keys(skipReasons) as SkipReason[]),
      detail: z.string(),
    }),
  ),
  foldedValidation: z.literal(true).exactOptional(),
});

/** Versions that knew no validation part wrote none. */
export const importReportSchema = z.preprocess(
  (input) =>
    typeof input === 'object' && input !== null && !('validation' in input)
      ? { ...input, validation: noImages, foldedValidation: true }
      : input,
  currentReportSchema,
) satisfies z.ZodType<ImportReport>;
