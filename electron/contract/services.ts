import { z } from 'zod';
import { notesSchema, type RunAnnotation, runNameSchema, tagsSchema } from './annotation.ts';
import type { ImportReport } from './dataset.ts';
import { backendNames, type DoctorReport, type TensorflowLink } from './doctor.ts';
import type { ErrorValue } from './errors.ts';
import type { RunEvent } from './events.ts';
import type { AnsweredImage, Judgement, PairComparison } from './judgement.ts';
import type {
  DiskSpace,
  DownloadState,
  Draft,
  Probes,
  RunDetails,
  RunMetrics,
  RunSummary,
  Settings,
  StorageArea,
  TrashedRun,
} from './library.ts';
import type {
  ImageList,
  ModelDescription,
  RunEstimate,
  SchedulePreview,
  SplitPreview,
  TeacherAnswers,
  WeightsIdentity,
  WeightsMatch,
} from './preview.ts';
import { type ExportedFile, type FileEvaluation, hintsSchema } from './exported.ts';
import type { Exported } from './export-outcome.ts';
import { defaultExports, defaultNetworkOptions, exportFormats, onnxInputs, tfliteInputs } from './exports.ts';
import {
  augmentSchema,
  classList,
  dataSchema,
  modelSchema,
  parts,
  readingSchema,
  type Recipe,
  recipeSchema,
  teacherSchema,
  tensorNames,
  trainingSchema,
} from './recipe.ts';
import type { ClassScores, Latency, Role, RunResult, Scores, TtaRow } from './result.ts';

/**
 * The one contract: what a host may ask of the engine. One object a service; each method has an input schema, checked where
 * the call arrives, and an output type. Everything is JSON-safe.
 */
export interface Method<Input extends z.ZodType, Output> {
  input: Input;
  /** Never set: carries the output's type. */
  output?: Output;
}

const method =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): Method<Input, Output> => ({ input });

const path = z.string().min(1);
const role = z.enum(['teacher', 'student', 'baseline']);
const backend = z.enum(['auto', ...backendNames]).default('auto');

/** What the drawn sample has where nothing else is asked for, and the folder that it lies in. */
export const drawnSample = { folder: 'drawn-signs', tracksPerClass: 12, testPerClass: 20 } as const;

export const traceModes = ['auto', 'on', 'off'] as const;
export type TraceMode = (typeof traceModes)[number];

/** Where and how a run computes; unlike the recipe it does not change the result (beyond the backend's rounding). */
export const runtimeSchema = z.strictObject({
  backend,
  /** Threads of the native backend; null: all cores. */
  threads: z.number().int().min(1).max(256).nullable().default(null),
  /** Worker threads that decode and augment. */
  workers: z.number().int().min(1).max(64).default(1),
  /** MiB of decoded images to keep in memory; those of a larger dataset lie in a file. null: a quarter of the machine's. */
  memory: z.number().int().min(0).max(1_048_576).nullable().default(null),
  /** Whether to replay a training step as one graph. auto: where the backend can. */
  trace: z.enum(traceModes).default('auto'),
});
export type Runtime = z.output<typeof runtimeSchema>;

/** Which classes count: seen and unseen refer to the recipe's trainClasses. */
export const maskSchema = z.strictObject({
  classes: z
    .union([z.enum(['all', 'seen', 'unseen']), z.array(z.number().int().min(0)).min(1)])
    .default('all'),
  invert: z.boolean().default(false),
});
export type Mask = z.output<typeof maskSchema>;

export interface Evaluation {
  mask: { classes: number[]; names: string[] };
  /** Classes of the vocabulary. */
  vocabulary: number;
  models: Partial<Record<Role, { scores: Scores; perClass: ClassScores[] }>>;
  comparison: { mcnemarP: number | null; sentence: string; agreement: number | null };
  tta: TtaRow[];
  /** What is to be known about the images, where they are other data than the run's own: a sentence each. */
  notes: string[];
}

export interface Prediction {
  image: string;
  /** Why this image could not be read; then `top5` is empty. */
  error: ErrorValue | null;
  /** Of the network that answered, as `models.latency` measures it; null where the image could not be read. */
  latency: Latency | null;
  top5: { id: number; name: string; probability: number }[];
}

export interface LearningRateCurve {
  learningRates: number[];
  losses: number[];
  suggestions: { valley: number | null; steep: number | null; minimum: number | null };
}

export interface BenchRow {
  name: string;
  imagesPerSecond: number;
  medianMs: number;
  minMs: number;
  maxMs: number;
}

export const services = {
  system: {
    doctor: method<DoctorReport>()(z.strictObject({ backend })),
    /** Builds tfjs-node's native part against a libtensorflow of the user's, which the backend `tensorflow` then uses. */
    linkTensorflow: method<TensorflowLink>()(
      z.strictObject({
        /** Its folder: headers and libraries. */
        libtensorflow: path,
        /** Where to put what is built; null: the user's folder. */
        to: path.nullable().default(null),
      }),
    ),
    /** Undoes it; null where nothing was linked. */
    unlinkTensorflow: method<TensorflowLink | null>()(z.strictObject({})),
    settings: method<Settings>()(z.strictObject({})),
    /** Changes what is given; throws NOT_WRITABLE for a folder that cannot be used. */
    saveSettings: method<Settings>()(
      z.strictObject({
        runsFolder: path.optional(),
        dataFolder: path.optional(),
        answersFolder: path.optional(),
        theme: z.enum(['system', 'light', 'dark']).optional(),
        runtime: runtimeSchema.optional(),
        /** Puts a path first among the recent ones. */
        opened: z.strictObject({ kind: z.enum(['dataset', 'recipe']), path }).optional(),
      }),
    ),
    /** Folders and files that a host may hand to the window: those of the settings, and what was written elsewhere at the user's wish. */
    readable: method<{ paths: string[] }>()(z.strictObject({})),
    storage: method<StorageArea[]>()(z.strictObject({})),
    clearStorage: method<{ freedBytes: number }>()(
      z.strictObject({ id: z.enum(['answers', 'downloads', 'uploads', 'trash', 'logs']) }),
    ),
    disk: method<DiskSpace>()(z.strictObject({ folder: path })),
    /** A zip for whoever is asked for help: doctor's findings, settings, logs, the states of runs; no images, no weights. */
    diagnostics: method<{ file: string }>()(z.strictObject({ folder: path })),
    bench: method<{ rows: BenchRow[]; backend: string }>()(
      z.strictObject({
        architecture: recipeSchema.shape.student.shape.model.shape.architecture.default('resnet18'),
        width: z.number().int().min(4).max(512).nullable().default(null),
        stem: z.enum(['imagenet', 'small', 'small-stride2']).default('imagenet'),
        size: z.number().int().min(8).max(512).default(96),
        batchSize: z.number().int().min(1).max(4096).default(32),
        steps: z.number().int().min(1).max(1000).default(9),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
  },
  dataset: {
    inspect: method<ImportReport>()(
      z.strictObject({
        path,
        classNames: path.nullable().default(null),
        reading: readingSchema.prefault({}),
      }),
    ),
    sample: method<{ folder: string; train: number; test: number }>()(
      z.strictObject({
        folder: path,
        seed: z.number().int().min(0).default(1),
        /** With few tracks a network learns a class's backgrounds, not its sign: with 5 a teacher got 54 % right, with 12 over 95 %. */
        tracksPerClass: z.number().int().min(1).max(100).default(drawnSample.tracksPerClass),
        testPerClass: z.number().int().min(1).max(1000).default(drawnSample.testPerClass),
      }),
    ),
    /** A page of a dataset's images, in the dataset's order. */
    images: method<ImageList>()(
      z.strictObject({
        path,
        classNames: path.nullable().default(null),
        reading: readingSchema.prefault({}),
        part: z.enum(parts).default('train'),
        /** null: all classes. */
        classId: z.number().int().min(0).nullable().default(null),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(500).default(60),
      }),
    ),
    /** How a recipe would divide a dataset. */
    split: method<SplitPreview>()(
      z.strictObject({
        path,
        data: dataSchema.prefault({}),
        /** The classes of a teacher that is trained here; null: none is. */
        teacherClasses: z
          .union([z.literal('all'), classList])
          .nullable()
          .default(null),
        seed: z.number().int().min(0).default(1),
        /** The class whose tracks are wanted. */
        classId: z.number().int().min(0).nullable().default(null),
      }),
    ),
    /** How far the download of GTSRB into `folder` is, and whether the rest of it has room there. */
    gtsrbState: method<DownloadState>()(z.strictObject({ folder: path })),
    /**
     * GTSRB's three archives into `folder`; goes on where a cut left off, checks length and checksum. Throws DISK_FULL before it
     * begins where the disk is too small.
     */
    downloadGtsrb: method<{ folder: string }>()(z.strictObject({ folder: path })),
    /**
     * One image, drawn as it is stored, or as a network would see it (augmented, where an augmentation is given), as PNG or JPEG
     * in base64. Hosts serve it under a URL.
     */
    image: method<{ type: string; base64: string }>()(
      z.strictObject({
        /** A dataset's image by its key, or an image file. */
        path,
        key: z.string().nullable().default(null),
        /** Side of the square that it is fitted into. */
        side: z.number().int().min(8).max(1024).default(96),
        augment: augmentSchema.nullable().default(null),
        resize: z.enum(['crop', 'squish', 'pad']).default('pad'),
        seed: z.number().int().min(0).default(0),
      }),
    ),
  },
  models: {
    describe: method<ModelDescription>()(
      z.strictObject({
        model: modelSchema,
        classes: z.number().int().min(2).max(10_000).default(43),
        size: z.number().int().min(8).max(512).default(96),
        batchSize: z.number().int().min(2).max(4096).default(64),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
    /**
     * How long an image takes through each network, measured on this machine in turns; networks of equal shape have one figure.
     * null while a run is at work here.
     */
    latency: method<Latency[] | null>()(
      z.strictObject({
        models: z.array(modelSchema).min(1).max(4),
        classes: z.number().int().min(2).max(10_000),
        size: z.number().int().min(8).max(512),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
    matchWeights: method<WeightsMatch>()(
      z.strictObject({
        file: path,
        model: modelSchema,
        classes: z.number().int().min(2).max(10_000),
      }),
    ),
    /** Which network a weights file is of, by its shapes. */
    identifyWeights: method<WeightsIdentity>()(z.strictObject({ file: path })),
    /** A teacher's logits for `count` test images, spread over the classes. */
    teacherAnswers: method<TeacherAnswers>()(
      z.strictObject({
        /** null: the newest completed run's, on that run's own data; NOT_FOUND where there is none. */
        teacher: teacherSchema.nullable().default(null),
        data: path.nullable().default(null),
        /** How a weights file's images are prepared and named; null: as is usual for its network. A run says it itself. */
        preparation: dataSchema.nullable().default(null),
        count: z.number().int().min(1).max(32).default(6),
        seed: z.number().int().min(0).default(1),
      }),
    ),
  },
  recipes: {
    /** The recipe with every default written out; RECIPE_INVALID with one clause for each fault. */
    check: method<{ recipe: Recipe }>()(z.strictObject({ recipe: z.unknown() })),
    read: method<{ recipe: Recipe; path: string }>()(z.strictObject({ file: path })),
    write: method<{ file: string }>()(z.strictObject({ recipe: recipeSchema, file: path })),
    /** Those that come with the program. */
    presets: method<{ name: string; title: string; recipe: Recipe }[]>()(z.strictObject({})),
    drafts: method<Draft[]>()(z.strictObject({})),
    saveDraft: method<Draft>()(
      z.strictObject({
        /** null: a new one. */
        id: z
          .string()
          .regex(/^[a-z0-9-]{1,64}$/)
          .nullable()
          .default(null),
        /**
         * `updatedAt` of the version that was changed. Where another is stored by now, from another window, neither is
         * lost: this one becomes a draft of its own, with an id of its own. null: what is stored is written over.
         */
        basedOn: z.iso.datetime().nullable().default(null),
        recipe: z.unknown(),
        data: path.nullable().default(null),
        step: z.number().int().min(0).max(10).default(0),
      }),
    ),
    removeDraft: method<null>()(z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,64}$/) })),
  },
  training: {
    /** The schedule as it will run: learning rate (of the last parameter group) and momentum at every step. */
    schedule: method<SchedulePreview>()(
      z.strictObject({ training: trainingSchema, trainImages: z.number().int().min(1) }),
    ),
    /** Time and memory of a run of this recipe on this machine. */
    estimate: method<RunEstimate>()(
      z.strictObject({
        recipe: recipeSchema,
        trainImages: z.number().int().min(1),
        validationImages: z.number().int().min(0),
        /** Of a teacher that is trained here, where it learns other classes; null: the same. */
        teacherImages: z
          .strictObject({ train: z.number().int().min(1), validation: z.number().int().min(0) })
          .nullable()
          .default(null),
        testImages: z.number().int().min(0),
        classes: z.number().int().min(2).max(10_000),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
    findLearningRate: method<LearningRateCurve>()(
      z.strictObject({
        recipe: recipeSchema,
        data: path.nullable().default(null),
        role: z.enum(['teacher', 'student']).default('student'),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
  },
  /** Networks in files that were exported, here or elsewhere: a file, or a folder with one. */
  exported: {
    /** Throws NOT_FOUND, UNSUPPORTED_FORMAT, and INVALID_INPUT where the file does not say how it wants its images. */
    describe: method<ExportedFile>()(z.strictObject({ file: path, hints: hintsSchema.prefault({}) })),
    /**
     * Judges it on a dataset's test images; on all of its images where it has no test part. Classes are found by name; where the
     * file has no names, the dataset's order is taken and that is noted. Throws as describe does, and as a dataset's import does.
     */
    evaluate: method<FileEvaluation>()(
      z.strictObject({
        file: path,
        hints: hintsSchema.prefault({}),
        data: path,
        classNames: path.nullable().default(null),
        reading: readingSchema.prefault({}),
        mask: maskSchema.prefault({}),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
    predict: method<Prediction[]>()(
      z.strictObject({
        file: path,
        hints: hintsSchema.prefault({}),
        images: z.array(path).min(1),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
  },
  runs: {
    /** Starts a run in a new folder below `out` and returns at once; events follow on topic `run:<folder>`. */
    start: method<{ folder: string }>()(
      z.strictObject({
        recipe: recipeSchema,
        data: path.nullable().default(null),
        /** The folder that the run's own folder is made in. */
        out: path,
        /**
         * The folder in which the teacher's answers are kept, and those of earlier runs found; null: the teacher is asked
         * anew. With answers kept the student learns from them rounded to half precision.
         */
        storedAnswers: path.nullable().default(null),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
    resume: method<{ folder: string }>()(
      z.strictObject({
        folder: path,
        /** Where the dataset is now; null: where it was. */
        data: path.nullable().default(null),
        /** null: as before. */
        storedAnswers: path.nullable().default(null),
        /** null: as before. */
        runtime: runtimeSchema.nullable().default(null),
      }),
    ),
    /**
     * Ends the work after the batch and saves. cancel, pause: the run can be resumed from there (state cancelled, or interrupted).
     * finish: the training at work keeps its best weights, those that have not begun are left out or begin and end with
     * their first epoch, and the run is judged and completed.
     */
    stop: method<null>()(
      z.strictObject({ folder: path, mode: z.enum(['cancel', 'pause', 'finish']).default('cancel') }),
    ),
    /** Returns when the run has ended, however it ended. */
    wait: method<RunSummary>()(z.strictObject({ folder: path })),
    list: method<RunSummary[]>()(z.strictObject({ out: path })),
    /** Those that this engine works on and those that wait for it, wherever their folders are. */
    active: method<RunSummary[]>()(z.strictObject({})),
    details: method<RunDetails>()(z.strictObject({ folder: path })),
    /** The curves, thinned to at most `maxPoints` steps a role (evenly, the first and the last kept). */
    metrics: method<RunMetrics>()(
      z.strictObject({ folder: path, maxPoints: z.number().int().min(2).max(200_000).default(2000) }),
    ),
    probes: method<Probes>()(z.strictObject({ folder: path })),
    /** Into the trash of the folder that holds it; RUN_STATE where it is at work. */
    trash: method<TrashedRun>()(z.strictObject({ folder: path })),
    /** Out of the trash, to where it was; gives its folder. */
    restore: method<{ folder: string }>()(z.strictObject({ folder: path })),
    trashed: method<TrashedRun[]>()(z.strictObject({ out: path })),
    /** Changes what is given of what the owner says of a run, at work or not; its folder and recipe stay as they are. */
    annotate: method<RunAnnotation>()(
      z.strictObject({
        folder: path,
        /** null: as its recipe. */
        name: runNameSchema.nullable().exactOptional(),
        tags: tagsSchema.exactOptional(),
        notes: notesSchema.exactOptional(),
      }),
    ),
    result: method<RunResult>()(z.strictObject({ folder: path })),
    /** What evaluate says, and more, out of stored predictions. NOT_FOUND for runs that kept none: evaluate those. */
    judge: method<Judgement>()(
      z.strictObject({
        folder: path,
        mask: maskSchema.prefault({}),
        /** Weight of the plain image in test-time augmentation; null: as it was measured. */
        beta: z.number().min(0).max(1).nullable().default(null),
      }),
    ),
    /** Test images of a class that a model took for another (or the same), most confident first. */
    confused: method<{ total: number; images: { key: string; label: number; probability: number }[] }>()(
      z.strictObject({
        folder: path,
        role,
        label: z.number().int().min(0),
        predicted: z.number().int().min(0),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    ),
    /** Test images of a class with what each model answered, those that models get wrong first. */
    classImages: method<{ total: number; images: AnsweredImage[] }>()(
      z.strictObject({
        folder: path,
        label: z.number().int().min(0),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    ),
    /** The paired test of two models on the test images that both answered. NOT_FOUND for runs that kept no predictions. */
    compare: method<PairComparison>()(
      z.strictObject({
        first: z.strictObject({ folder: path, role }),
        second: z.strictObject({ folder: path, role }),
      }),
    ),
    evaluate: method<Evaluation>()(
      z.strictObject({
        folder: path,
        data: path.nullable().default(null),
        mask: maskSchema.prefault({}),
        tta: z.array(z.number().int().min(0).max(64)).default([]),
        beta: z.number().min(0).max(1).nullable().default(null),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
    predict: method<Prediction[]>()(
      z.strictObject({
        folder: path,
        images: z.array(path).min(1),
        role: role.default('student'),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
    /**
     * All or nothing: a full disk or an abort leaves what was there before. Networks that were checked are rows of the run's
     * result from then on. Throws NOT_FOUND for what the run lacks, before anything is written.
     */
    export: method<Exported>()(
      z.strictObject({
        folder: path,
        formats: z
          .array(z.enum(exportFormats))
          .min(1)
          .default([...defaultExports]),
        /** Which models; null: the student, and of safetensors all that the run has. */
        roles: z.array(role).min(1).nullable().default(null),
        onnxInput: z.enum(onnxInputs).default(defaultNetworkOptions.onnxInput),
        tfliteInput: z.enum(tfliteInputs).default(defaultNetworkOptions.tfliteInput),
        maxLoss: z.number().min(0).max(1).default(defaultNetworkOptions.maxLoss),
        /** Whether what can be run is run over the test images. */
        check: z.boolean().default(true),
        /** Where the dataset is now, for int8 and for checks; null: where it was. */
        data: path.nullable().default(null),
        /** fastai: one more file of every model with fastai's head, which fastai's `load_state_dict` takes. */
        names: z.enum(tensorNames).default('torchvision'),
        /** null: the run's own exports/ folder. */
        out: path.nullable().default(null),
        runtime: runtimeSchema.prefault({}),
      }),
    ),
  },
} as const;

export type Services = typeof services;
export type ServiceName = keyof Services;

type InputOf<M> = M extends Method<infer I, unknown> ? z.input<I> : never;
type ParsedOf<M> = M extends Method<infer I, unknown> ? z.output<I> : never;
type OutputOf<M> = M extends { output?: infer O } ? Exclude<O, undefined> : never;

/** Progress of a call that takes longer than a second. */
export interface CallProgress {
  done: number;
  total: number;
  /** What is being done, of a call that does one thing after another: each has a `total` of its own, in units of its own. */
  phase?: CallPhase;
}

/**
 * import: images read. search: learning rates tried. write: files written. calibrate: images that int8 is fitted to. check: images
 * answered by what was exported.
 */
export type CallPhase = 'import' | 'search' | 'write' | 'calibrate' | 'check';

/** What a handler gets beside its input. */
export interface CallContext {
  signal: AbortSignal;
  progress: (progress: CallProgress) => void;
}

/** What the engine implements: `const handlers = {...} satisfies Handlers`. Inputs arrive validated. */
export type Handlers = {
  [S in ServiceName]: {
    [M in keyof Services[S]]: (
      input: ParsedOf<Services[S][M]>,
      context: CallContext,
    ) => Promise<OutputOf<Services[S][M]>>;
  };
};

export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: (progress: CallProgress) => void;
}

/** What a host calls; the same shape in-process and over every transport. */
export type Client = {
  [S in ServiceName]: {
    [M in keyof Services[S]]: (
      input: InputOf<Services[S][M]>,
      options?: CallOptions,
    ) => Promise<OutputOf<Services[S][M]>>;
  };
} & {
  /** Calls `listener` for every event of a topic from now on; returns the way to end it. */
  subscribe(topic: string, listener: (event: RunEvent, seq: number) => void): () => void;
};

/** The topic of a run's events. */
export const runTopic = (folder: string): string => `run:${folder}`;
