import { z } from 'zod';
import { notesSchema, type RunAnnotation, runNameSchema, tagsSchema } from '../annotation.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Exported } from '../export-outcome.ts';
import {
  defaultExports,
  defaultNetworkOptions,
  exportFormats,
  longestLicense,
  onnxInputs,
  tensorNames,
  tfliteInputs,
} from '../exports.ts';
import type { PredictedImage, RunEvaluation, PairComparison } from '../run-evaluation.ts';
import { maskSchema } from '../mask.ts';
import { method, pathSchema } from '../method.ts';
import type { RunMetrics } from '../metrics.ts';
import type { Prediction } from '../prediction.ts';
import type { Probes } from '../probes.ts';
import { recipeSchema } from '../recipe.ts';
import type { RunResult } from '../result.ts';
import { roleSchema, stopModes } from '../run.ts';
import type { RunDetails } from '../run-details.ts';
import type { RunSummary, TrashedRun } from '../run-summary.ts';
import { runtimeSchema } from '../runtime.ts';
import { expectedSharesSchema, type UnseenEvaluation } from '../unseen.ts';

export const runsService = {
  /** Starts a run in a new folder below `out` and returns at once; events follow on topic `run:<folder>`. */
  start: method<{ folder: string }>()(
    z.strictObject({
      recipe: recipeSchema,
      data: pathSchema.nullable().default(null),
      /** The folder that the run's own folder is made in. */
      out: pathSchema,
      /**
       * The folder in which the teacher's logits are kept, and those of earlier runs found; null: the teacher computes
       * every batch. With logits kept the student learns from them rounded to half precision.
       */
      logitsFolder: pathSchema.nullable().default(null),
      runtime: runtimeSchema.prefault({}),
    }),
  ),
  resume: method<{ folder: string }>()(
    z.strictObject({
      folder: pathSchema,
      /** Where the dataset is now; null: where it was. */
      data: pathSchema.nullable().default(null),
      /** null: as before. */
      logitsFolder: pathSchema.nullable().default(null),
      /** null: as before. */
      runtime: runtimeSchema.nullable().default(null),
    }),
  ),
  /**
   * Ends the work after the batch and saves. cancel, pause: the run can be resumed from there (state cancelled, or interrupted).
   * finish: the training at work keeps its best weights, those that have not begun are left out or begin and end with
   * their first epoch, and the run is evaluated and completed.
   */
  stop: method<null>()(z.strictObject({ folder: pathSchema, mode: z.enum(stopModes).default('cancel') })),
  /** Returns when the run has ended, however it ended. */
  wait: method<RunSummary>()(z.strictObject({ folder: pathSchema })),
  list: method<RunSummary[]>()(z.strictObject({ out: pathSchema })),
  /** Those that this engine works on and those that wait for it, wherever their folders are. */
  active: method<RunSummary[]>()(z.strictObject({})),
  details: method<RunDetails>()(z.strictObject({ folder: pathSchema })),
  /** The curves, thinned to at most `maxPoints` steps a role (evenly, the first and the last kept). */
  metrics: method<RunMetrics>()(
    z.strictObject({ folder: pathSchema, maxPoints: z.number().int().min(2).max(200_000).default(2000) }),
  ),
  probes: method<Probes>()(z.strictObject({ folder: pathSchema })),
  /** Into the trash of the folder that holds it; RUN_STATE where it is at work. */
  trash: method<TrashedRun>()(z.strictObject({ folder: pathSchema })),
  /** Out of the trash, to where it was; gives its folder. */
  restore: method<{ folder: string }>()(z.strictObject({ folder: pathSchema })),
  trashed: method<TrashedRun[]>()(z.strictObject({ out: pathSchema })),
  /** Changes those of the owner's notes on a run that are given, at work or not; its folder and recipe stay as they are. */
  annotate: method<RunAnnotation>()(
    z.strictObject({
      folder: pathSchema,
      /** null: as its recipe. */
      name: runNameSchema.nullable().exactOptional(),
      tags: tagsSchema.exactOptional(),
      notes: notesSchema.exactOptional(),
    }),
  ),
  result: method<RunResult>()(z.strictObject({ folder: pathSchema })),
  /** The evaluation under a mask, from stored predictions. NOT_FOUND for runs that kept none: evaluate those. */
  evaluation: method<RunEvaluation>()(
    z.strictObject({
      folder: pathSchema,
      mask: maskSchema.prefault({}),
      /** Weight of the plain image in test-time augmentation; null: as it was measured. */
      beta: z.number().min(0).max(1).nullable().default(null),
    }),
    { computes: 'shared' },
  ),
  /**
   * What its models make of classes that the student was not trained on, from stored predictions; null where the test images show
   * none. NOT_FOUND as above.
   */
  unseen: method<UnseenEvaluation | null>()(
    z.strictObject({
      folder: pathSchema,
      /** null: as the recipe has it. */
      expected: expectedSharesSchema.nullable().default(null),
    }),
    { computes: 'shared' },
  ),
  /** Test images of a class that a model took for another (or the same), most confident first. */
  confused: method<{ total: number; images: { key: string; label: number; probability: number }[] }>()(
    z.strictObject({
      folder: pathSchema,
      role: roleSchema,
      label: z.number().int().min(0),
      predicted: z.number().int().min(0),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    { computes: 'shared' },
  ),
  /** Test images of a class with the prediction of each model, those that models get wrong first. */
  classImages: method<{ total: number; images: PredictedImage[] }>()(
    z.strictObject({
      folder: pathSchema,
      label: z.number().int().min(0),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    { computes: 'shared' },
  ),
  /** The paired test of two models on the test images that both classified. NOT_FOUND for runs that kept no predictions. */
  compare: method<PairComparison>()(
    z.strictObject({
      first: z.strictObject({ folder: pathSchema, role: roleSchema }),
      second: z.strictObject({ folder: pathSchema, role: roleSchema }),
    }),
    { computes: 'shared' },
  ),
  evaluate: method<Evaluation>()(
    z.strictObject({
      folder: pathSchema,
      data: pathSchema.nullable().default(null),
      mask: maskSchema.prefault({}),
      tta: z.array(z.number().int().min(0).max(64)).default([]),
      beta: z.number().min(0).max(1).nullable().default(null),
      /** null: as the recipe has it. */
      expected: expectedSharesSchema.nullable().default(null),
      /** Folders or zips of images without labels, by which biases are corrected from then on; null: those of the run, if any. */
      unlabelled: z.array(pathSchema).min(1).nullable().default(null),
      runtime: runtimeSchema.prefault({}),
    }),
    { computes: 'own' },
  ),
  predict: method<Prediction[]>()(
    z.strictObject({
      folder: pathSchema,
      images: z.array(pathSchema).min(1),
      role: roleSchema.default('student'),
      runtime: runtimeSchema.prefault({}),
    }),
    { computes: 'own' },
  ),
  /**
   * All or nothing: a full disk or an abort leaves what was there before. Networks that were checked are rows of the run's
   * result from then on. Throws NOT_FOUND for what the run lacks, before anything is written.
   */
  export: method<Exported>()(
    z.strictObject({
      folder: pathSchema,
      formats: z
        .array(z.enum(exportFormats))
        .min(1)
        .default([...defaultExports]),
      /** Which models; null: the student, and of safetensors all that the run has. */
      roles: z.array(roleSchema).min(1).nullable().default(null),
      onnxInput: z.enum(onnxInputs).default(defaultNetworkOptions.onnxInput),
      tfliteInput: z.enum(tfliteInputs).default(defaultNetworkOptions.tfliteInput),
      maxLoss: z.number().min(0).max(1).default(defaultNetworkOptions.maxLoss),
      license: z.string().trim().min(1).max(longestLicense).nullable().default(defaultNetworkOptions.license),
      correctBiases: z.boolean().default(defaultNetworkOptions.correctBiases),
      /** Whether what can be run is run over the test images. */
      check: z.boolean().default(true),
      /** Where the dataset is now, for int8 and for checks; null: where it was. */
      data: pathSchema.nullable().default(null),
      /** fastai: one more file of every model with fastai's head, which fastai's `load_state_dict` takes. */
      names: z.enum(tensorNames).default('torchvision'),
      /** null: the run's own exports/ folder. */
      out: pathSchema.nullable().default(null),
      runtime: runtimeSchema.prefault({}),
    }),
    { computes: 'own' },
  ),
} as const;
