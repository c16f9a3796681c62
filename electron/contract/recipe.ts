import { z } from 'zod';
import { architectures } from './architectures.ts';
import { distillationSchema } from './distillation.ts';
import { asTerms, distillationVersion1Schema } from './distillation-version-1.ts';
import { defaultExports, exportFormats } from './exports.ts';
import { recipeNameSchema } from './recipe-name.ts';
import { roleSchema } from './roles.ts';

/**
 * The recipe: one JSON file that says everything about a run. `recipeSchema.parse` writes every default out, so that
 * what a run keeps in its folder repeats the run exactly.
 */

const probability = z.number().min(0).max(1);
const positive = z.number().positive();
export const classList = z.array(z.number().int().min(0)).min(1);

export const augmentSchema = z.strictObject({
  /** Rotation, uniform in +-maxDegrees. */
  rotate: z
    .strictObject({ maxDegrees: z.number().min(0).max(180).default(10), p: probability.default(0.75) })
    .prefault({}),
  /** Zoom in, uniform in [1, max], about a uniformly drawn centre. */
  zoom: z
    .strictObject({ max: z.number().min(1).max(4).default(1.2), p: probability.default(0.75) })
    .prefault({}),
  /** Perspective warp, uniform in +-magnitude for each axis (fastai's Warp). */
  warp: z
    .strictObject({ magnitude: z.number().min(0).max(0.9).default(0.2), p: probability.default(0.75) })
    .prefault({}),
  /** Brightness in logit space: logit(uniform(0.5*(1-max), 0.5*(1+max))) is added. */
  brightness: z
    .strictObject({ max: z.number().min(0).max(0.99).default(0.8), p: probability.default(0.8) })
    .prefault({}),
  /** Contrast in logit space: the logit is multiplied by exp(uniform(log(1-max), -log(1-max))). */
  contrast: z
    .strictObject({ max: z.number().min(0).max(0.99).default(0.8), p: probability.default(0.8) })
    .prefault({}),
  /** Mirror left-right. Off by default: a mirrored sign is another sign. */
  flip: z.strictObject({ p: probability.default(0) }).prefault({}),
});

export const imageSchema = z.strictObject({
  /** Side in pixels of the square image that the networks see. */
  size: z.number().int().min(8).max(512).default(96),
  resize: z.enum(['crop', 'squish', 'pad']).default('squish'),
  /** ImageNet's statistics, of RGB in [0, 1]. */
  mean: z.tuple([z.number(), z.number(), z.number()]).default([0.485, 0.456, 0.406]),
  std: z.tuple([positive, positive, positive]).default([0.229, 0.224, 0.225]),
});

export const splitSchema = z.strictObject({
  /**
   * auto: the dataset's own validation part where it brings one, else track-random. given: that part, or an error.
   * track-first: per class, files sorted, the first int(n / 30 * fraction) * 30 validate (the GTSRB notebook's way).
   * track-random: whole tracks drawn by the seed. stratified: images drawn by the seed, per class. all: nothing is held out.
   */
  method: z.enum(['auto', 'given', 'track-first', 'track-random', 'stratified', 'all']).default('auto'),
  fraction: z.number().gt(0).lt(1).default(0.2),
});

export const parts = ['train', 'validation', 'test'] as const;
export type Part = (typeof parts)[number];

/** How a dataset's layout is to be read where the import's own reading is not what is meant. */
export const readingSchema = z.strictObject({
  /** Folders, or lists of images (relative to the dataset's root, forward slashes), and the part that each holds; ignore: none. */
  parts: z.array(z.strictObject({ folder: z.string(), part: z.enum([...parts, 'ignore']) })).default([]),
  /** Columns of the table, by name or (in a table without a header) by number from 0; null: found by name and content; '' for the part: none. */
  columns: z
    .strictObject({
      file: z.string().nullable().default(null),
      label: z.string().nullable().default(null),
      part: z.string().nullable().default(null),
    })
    .prefault({}),
});

/** The import's own reading. */
export const ownReading = readingSchema.parse({});

export const dataSchema = z.strictObject({
  /** Folder or zip, relative to the recipe's file; `--data` overrides it. */
  path: z.string().min(1).nullable().default(null),
  /** CSV with ClassId,SignName. */
  classNames: z.string().min(1).nullable().default(null),
  reading: readingSchema.prefault({}),
  /** Leaves out of training what is, seen by its pixels, also in validation or test. */
  dropLeaks: z.boolean().default(false),
  /** The classes to train on; the vocabulary stays whole, so that the others can be evaluated as unseen. */
  trainClasses: z.union([z.literal('all'), classList]).default('all'),
  split: splitSchema.prefault({}),
  /** Where the dataset brings no test images: the share of tracks (or images) held out for testing. */
  testFraction: z.number().gt(0).lt(1).default(0.2),
  image: imageSchema.prefault({}),
  /** null switches augmentation off. */
  augment: augmentSchema.nullable().prefault({}),
});

export const modelSchema = z.strictObject({
  architecture: z.enum(architectures),
  /** Channels of the stem, from which all others follow. null: the architecture's own (architectures.ts). */
  width: z.number().int().min(4).max(512).nullable().default(null),
  /**
   * imagenet: the architecture's own (ResNet: 7x7 stride 2 and max pooling). small: 3x3 without stride or pooling.
   * small-stride2: 3x3 with stride 2, no pooling.
   */
  stem: z.enum(['imagenet', 'small', 'small-stride2']).default('imagenet'),
  /** linear: global average pooling and one linear layer. fastai: its two-layer head. */
  head: z.enum(['linear', 'fastai']).default('linear'),
});

export const stageSchema = z.strictObject({
  epochs: z.number().int().min(1).max(10_000),
  /** Parameter groups below this index are frozen (their batch norms still train). 0 trains everything; -1 only the last group. */
  freezeTo: z.number().int().min(-16).max(16).default(0),
  /** Peak rate of the one-cycle schedule; a pair is spread geometrically over the parameter groups, first to last. */
  learningRate: z.union([positive, z.tuple([positive, positive])]).default(1e-3),
});

export const trainingSchema = z.strictObject({
  batchSize: z.number().int().min(2).max(4096).default(64),
  stages: z
    .array(stageSchema)
    .min(1)
    .max(32)
    .default([{ epochs: 10, freezeTo: 0, learningRate: 1e-3 }]),
  optimizer: z
    .strictObject({
      beta2: z.number().min(0).lt(1).default(0.99),
      epsilon: positive.default(1e-5),
      /** Decoupled; none on norms and biases. */
      weightDecay: z.number().min(0).default(0.01),
    })
    .prefault({}),
  /** One cycle, cosine both ways (Smith & Topin; fastai's fit_one_cycle). */
  schedule: z
    .strictObject({
      warmup: z.number().min(0).max(1).default(0.25),
      div: positive.default(25),
      finalDiv: positive.default(1e5),
      /** beta1 at the start, at the peak rate, at the end. */
      momentum: z.tuple([probability, probability, probability]).default([0.95, 0.85, 0.95]),
    })
    .prefault({}),
  /** Upper limit of the gradients' global L2 norm. */
  clipNorm: positive.nullable().default(null),
  labelSmoothing: z.number().min(0).lt(1).default(0),
  earlyStop: z
    .strictObject({ patience: z.number().int().min(1).default(5) })
    .nullable()
    .default(null),
});

export const teacherSchema = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('train'),
    model: modelSchema,
    weights: z.string().min(1).nullable().default(null),
    /** The classes that the teacher is trained on, whatever the student is trained on. */
    trainClasses: z.union([z.literal('all'), classList]).default('all'),
    training: trainingSchema.prefault({}),
  }),
  z.strictObject({
    source: z.literal('run'),
    path: z.string().min(1),
    role: roleSchema.default('teacher'),
  }),
  z.strictObject({
    source: z.literal('weights'),
    path: z.string().min(1),
    model: modelSchema,
    /** The names of its outputs in its own order: a list, or a file with one a line. null: the dataset's order. */
    classes: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(2)])
      .nullable()
      .default(null),
  }),
]);

export const studentSchema = z.strictObject({
  model: modelSchema,
  /** Weights to start from (safetensors or .pth). */
  weights: z.string().min(1).nullable().default(null),
  training: trainingSchema.prefault({}),
});

export const evaluationSchema = z.strictObject({
  batchSize: z.number().int().min(1).max(4096).default(128),
  tta: z
    .strictObject({
      /** Numbers of augmented copies to average over; 0 is the plain image. */
      counts: z.array(z.number().int().min(0).max(64)).default([]),
      /** Weight of the plain image: p = (1-beta)*mean(augmented) + beta*plain (fastai's tta). */
      beta: probability.default(0.25),
    })
    .prefault({}),
});

/** How exported weights name their tensors: torchvision's way, and for networks with fastai's head fastai's as well. */
export const tensorNames = ['torchvision', 'fastai'] as const;
export type TensorNames = (typeof tensorNames)[number];

const recipeOf = <Version extends number, Distillation extends z.ZodType>(
  version: Version,
  distillation: Distillation,
) =>
  z.strictObject({
    version: z.literal(version),
    name: recipeNameSchema,
    seed: z.number().int().min(0).max(0xffffffff).default(1),
    data: dataSchema.prefault({}),
    teacher: teacherSchema,
    student: studentSchema,
    distillation,
    /** Also trains the same student, with the same data, seed and steps, without the teacher. */
    baseline: z.boolean().default(true),
    evaluation: evaluationSchema.prefault({}),
    exports: z.array(z.enum(exportFormats)).default([...defaultExports]),
  });

const version2Schema = recipeOf(2, distillationSchema.prefault({}));

/** Written until November 2026; comes out as version 2. */
const version1Schema = recipeOf(1, distillationVersion1Schema.prefault({})).transform((recipe): Recipe => ({
  ...recipe,
  version: 2,
  distillation: asTerms(recipe.distillation),
}));

/** Reads every version, each with its own errors; what comes out is of the newest. */
export const recipeSchema = z.discriminatedUnion('version', [version2Schema, version1Schema]);
export type Recipe = z.output<typeof version2Schema>;
export type RecipeInput = z.input<typeof recipeSchema>;
export type DataRecipe = z.output<typeof dataSchema>;
export type ReadingRecipe = z.output<typeof readingSchema>;
export type SplitRecipe = z.output<typeof splitSchema>;
export type ImageRecipe = z.output<typeof imageSchema>;
export type AugmentRecipe = z.output<typeof augmentSchema>;
export type ModelRecipe = z.output<typeof modelSchema>;
export type StageRecipe = z.output<typeof stageSchema>;
export type TrainingRecipe = z.output<typeof trainingSchema>;
export type TeacherRecipe = z.output<typeof teacherSchema>;
