import { z } from 'zod';
import { type ExportedFile, type FeatureMapInFile, type FileEvaluation, hintsSchema } from '../exported.ts';
import { maskSchema } from '../mask.ts';
import { method, pathSchema } from '../method.ts';
import type { Prediction } from '../prediction.ts';
import { readingSchema } from '../recipe/reading.ts';
import { runtimeSchema } from '../runtime.ts';

/** Networks in files that were exported, here or elsewhere: a file, or a folder with one. */
export const exportedService = {
  /** Throws NOT_FOUND, UNSUPPORTED_FORMAT, and INVALID_INPUT where the file does not state how it takes its images. */
  describe: method<ExportedFile>()(z.strictObject({ file: pathSchema, hints: hintsSchema.prefault({}) }), {
    computes: 'shared',
  }),
  /**
   * What a teacher from an ONNX file can offer as the outputs of stages: of each shape the last map of features in its graph. Throws
   * as describe does.
   */
  featureMaps: method<FeatureMapInFile[]>()(
    z.strictObject({ file: pathSchema, hints: hintsSchema.prefault({}) }),
    { computes: 'shared' },
  ),
  /**
   * Evaluates it on a dataset's test images; on all of its images where it has no test part. Classes are found by name; where the
   * file has no names, the dataset's order is taken and that is noted. Throws as describe does, and as a dataset's import does.
   */
  evaluate: method<FileEvaluation>()(
    z.strictObject({
      file: pathSchema,
      hints: hintsSchema.prefault({}),
      data: pathSchema,
      classNames: pathSchema.nullable().default(null),
      reading: readingSchema.prefault({}),
      mask: maskSchema.prefault({}),
      runtime: runtimeSchema.prefault({}),
    }),
    { computes: 'own' },
  ),
  predict: method<Prediction[]>()(
    z.strictObject({
      file: pathSchema,
      hints: hintsSchema.prefault({}),
      images: z.array(pathSchema).min(1),
      runtime: runtimeSchema.prefault({}),
    }),
    { computes: 'own' },
  ),
} as const;
