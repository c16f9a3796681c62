import { z } from 'zod';
import { method, pathSchema } from '../method.ts';
import type { ModelDescription } from '../model-description.ts';
import type { OnnxInspection } from '../onnx-inspection.ts';
import { recipeSchema } from '../recipe.ts';
import { dataSchema } from '../recipe/data.ts';
import { imageSchema } from '../recipe/image.ts';
import { modelSchema } from '../recipe/model.ts';
import { onnxTeacherSchema, teacherSchema } from '../recipe/teacher.ts';
import type { Latency } from '../result.ts';
import { runtimeSchema } from '../runtime.ts';
import type { TeacherCheckReport } from '../teacher-check.ts';
import type { TeacherLogits } from '../teacher-logits.ts';
import type { WeightsIdentity, WeightsMatch } from '../weights.ts';

export const modelsService = {
  describe: method<ModelDescription>()(
    z.strictObject({
      model: modelSchema,
      classes: z.number().int().min(2).max(10_000).default(43),
      size: z.number().int().min(8).max(512).default(96),
      batchSize: z.number().int().min(2).max(4096).default(64),
      runtime: runtimeSchema.prefault({}),
    }),
    { computes: 'shared' },
  ),
  /**
   * How long an image takes through each network, measured on this machine in turns; networks of equal shape and size have one figure.
   * null while a run is at work here.
   */
  latency: method<Latency[] | null>()(
    z.strictObject({
      networks: z
        .array(z.strictObject({ model: modelSchema, size: z.number().int().min(8).max(512) }))
        .min(1)
        .max(4),
      classes: z.number().int().min(2).max(10_000),
      runtime: runtimeSchema.prefault({}),
    }),
    { computes: 'shared' },
  ),
  matchWeights: method<WeightsMatch>()(
    z.strictObject({
      file: pathSchema,
      model: modelSchema,
      classes: z.number().int().min(2).max(10_000),
    }),
    { computes: 'shared' },
  ),
  /** Which network a weights file is of, by its shapes. */
  identifyWeights: method<WeightsIdentity>()(z.strictObject({ file: pathSchema }), { computes: 'shared' }),
  /**
   * What is in an ONNX file that is to be a teacher. `image`: how the run's images are prepared, taken where nothing states it. Throws
   * NOT_FOUND, WEIGHTS_CORRUPT, UNSUPPORTED_FORMAT, and INVALID_INPUT for hints that the network contradicts.
   */
  inspectOnnx: method<OnnxInspection>()(
    z.strictObject({ teacher: onnxTeacherSchema, image: imageSchema.prefault({}) }),
    { computes: 'shared' },
  ),
  /**
   * Evaluates the recipe's teacher, one that is not trained in the run, on up to 300 held-out images as a run would before it trains.
   * Throws WEIGHTS_MISMATCH where its classes are not the dataset's, and what reading the dataset and the teacher throws.
   */
  checkTeacher: method<TeacherCheckReport>()(z.strictObject({ recipe: recipeSchema }), { computes: 'own' }),
  /** A teacher's logits for `count` test images, spread over the classes. */
  teacherLogits: method<TeacherLogits>()(
    z.strictObject({
      /** null: the newest completed run's, on that run's own data; NOT_FOUND where there is none. */
      teacher: teacherSchema.nullable().default(null),
      data: pathSchema.nullable().default(null),
      /** How a weights file's images are prepared and named; null: as is usual for its network. A run has its own. */
      preparation: dataSchema.nullable().default(null),
      count: z.number().int().min(1).max(32).default(6),
      seed: z.number().int().min(0).default(1),
    }),
    { computes: 'shared' },
  ),
} as const;
