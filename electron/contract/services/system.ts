import { z } from 'zod';
import type { BenchRow } from '../bench.ts';
import type { DoctorReport, TensorflowLink } from '../doctor.ts';
import { method, pathSchema } from '../method.ts';
import { modelSchema } from '../recipe/model.ts';
import { backendSchema, runtimeSchema } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import type { DiskSpace, StorageArea } from '../storage.ts';

export const systemService = {
  doctor: method<DoctorReport>()(z.strictObject({ backend: backendSchema }), { computes: 'shared' }),
  /** Builds tfjs-node's native part against a libtensorflow of the user's, which the backend `tensorflow` then uses. */
  linkTensorflow: method<TensorflowLink>()(
    z.strictObject({
      /** Its folder: headers and libraries. */
      libtensorflow: pathSchema,
      /** Where to put what is built; null: the user's folder. */
      to: pathSchema.nullable().default(null),
    }),
    { computes: 'own' },
  ),
  /** Undoes it; null where nothing was linked. */
  unlinkTensorflow: method<TensorflowLink | null>()(z.strictObject({})),
  settings: method<Settings>()(z.strictObject({})),
  /** Changes what is given; throws NOT_WRITABLE for a folder that cannot be used. */
  saveSettings: method<Settings>()(
    z.strictObject({
      runsFolder: pathSchema.optional(),
      dataFolder: pathSchema.optional(),
      logitsFolder: pathSchema.optional(),
      theme: z.enum(['system', 'light', 'dark']).optional(),
      runtime: runtimeSchema.optional(),
      /** Puts a path first among the recent ones. */
      opened: z.strictObject({ kind: z.enum(['dataset', 'recipe']), path: pathSchema }).optional(),
    }),
  ),
  /** Folders and files that a host may hand to the window: those of the settings, and what was written elsewhere at the user's wish. */
  readable: method<{ paths: string[] }>()(z.strictObject({})),
  storage: method<StorageArea[]>()(z.strictObject({})),
  clearStorage: method<{ freedBytes: number }>()(
    z.strictObject({ id: z.enum(['logits', 'weights', 'downloads', 'uploads', 'trash', 'logs']) }),
  ),
  disk: method<DiskSpace>()(z.strictObject({ folder: pathSchema })),
  /** A zip for whoever is asked for help: doctor's findings, settings, logs, the states of runs; no images, no weights. */
  diagnostics: method<{ file: string }>()(z.strictObject({ folder: pathSchema }), { computes: 'shared' }),
  bench: method<{ rows: BenchRow[]; backend: string }>()(
    z.strictObject({
      architecture: modelSchema.shape.architecture.default('resnet18'),
      width: z.number().int().min(4).max(512).nullable().default(null),
      stem: z.enum(['imagenet', 'small', 'small-stride2']).default('imagenet'),
      size: z.number().int().min(8).max(512).default(96),
      batchSize: z.number().int().min(1).max(4096).default(32),
      steps: z.number().int().min(1).max(1000).default(9),
      runtime: runtimeSchema.prefault({}),
    }),
    { computes: 'own' },
  ),
} as const;
