import { z } from 'zod';
import type { ImportReport, UnlabelledReport } from '../dataset.ts';
import type { ImageList } from '../dataset-images.ts';
import { method, pathSchema } from '../method.ts';
import { parts } from '../parts.ts';
import { augmentSchema } from '../recipe/augmentation.ts';
import { dataSchema } from '../recipe/data.ts';
import { readingSchema } from '../recipe/reading.ts';
import { trainClassesSchema } from '../recipe/train-classes.ts';
import { drawnSample } from '../sample.ts';
import type { SplitPreview } from '../split-preview.ts';
import type { DownloadState } from '../storage.ts';

export const datasetService = {
  inspect: method<ImportReport>()(
    z.strictObject({
      path: pathSchema,
      classNames: pathSchema.nullable().default(null),
      reading: readingSchema.prefault({}),
    }),
    { computes: 'shared' },
  ),
  /** What a run would find of images without labels beside a dataset; copies by bytes are left out. */
  unlabelled: method<UnlabelledReport>()(
    z.strictObject({
      path: pathSchema,
      classNames: pathSchema.nullable().default(null),
      reading: readingSchema.prefault({}),
      /** Folders and zips. */
      unlabelled: z.array(pathSchema).min(1),
    }),
    { computes: 'shared' },
  ),
  sample: method<{ folder: string; train: number; test: number }>()(
    z.strictObject({
      folder: pathSchema,
      seed: z.number().int().min(0).default(1),
      /** With few tracks a network learns a class's backgrounds, not its sign: with 5 a teacher got 54 % right, with 12 over 95 %. */
      tracksPerClass: z.number().int().min(1).max(100).default(drawnSample.tracksPerClass),
      testPerClass: z.number().int().min(1).max(1000).default(drawnSample.testPerClass),
    }),
    { computes: 'own' },
  ),
  /** A page of a dataset's images, in the dataset's order. */
  images: method<ImageList>()(
    z.strictObject({
      path: pathSchema,
      classNames: pathSchema.nullable().default(null),
      reading: readingSchema.prefault({}),
      part: z.enum(parts).default('train'),
      /** null: all classes. */
      classId: z.number().int().min(0).nullable().default(null),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(500).default(60),
    }),
    { computes: 'shared' },
  ),
  /** How a recipe would divide a dataset. */
  split: method<SplitPreview>()(
    z.strictObject({
      path: pathSchema,
      data: dataSchema.prefault({}),
      /** The classes of a teacher that is trained here; null: none is. */
      teacherClasses: trainClassesSchema.nullable().default(null),
      seed: z.number().int().min(0).default(1),
      /** The class whose tracks are wanted. */
      classId: z.number().int().min(0).nullable().default(null),
    }),
    { computes: 'shared' },
  ),
  /** How far the download of GTSRB into `folder` is, and whether the rest of it has room there. */
  gtsrbState: method<DownloadState>()(z.strictObject({ folder: pathSchema })),
  /**
   * GTSRB's three archives into `folder`; goes on where a cut left off, checks length and checksum. Throws DISK_FULL before it
   * begins where the disk is too small.
   */
  downloadGtsrb: method<{ folder: string }>()(z.strictObject({ folder: pathSchema })),
  /**
   * One image, drawn as it is stored, or as a network would see it (augmented, where an augmentation is given), as PNG or JPEG
   * in base64. Hosts serve it under a URL.
   */
  image: method<{ type: string; base64: string }>()(
    z.strictObject({
      /** A dataset's image by its key, or an image file. */
      path: pathSchema,
      key: z.string().nullable().default(null),
      /** Side of the square that it is fitted into. */
      side: z.number().int().min(8).max(1024).default(96),
      augment: augmentSchema.nullable().default(null),
      resize: z.enum(['crop', 'squish', 'pad']).default('pad'),
      seed: z.number().int().min(0).default(0),
    }),
    { computes: 'shared' },
  ),
} as const;
