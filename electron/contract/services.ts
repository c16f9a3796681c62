import { z } from 'zod';
import type { ImportReport } from './dataset.ts';
import { backendNames, type DoctorReport, type TensorflowLink } from './doctor.ts';
import type { ErrorValue } from './errors.ts';
import type { RunEvent, RunState } from './events.ts';
import { exportFormats, recipeSchema } from './recipe.ts';
import type { ClassScores, Role, RunResult, Scores, TtaRow } from './result.ts';

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

export interface RunSummary {
  folder: string;
  name: string;
  state: RunState;
  startedAt: string;
  error: ErrorValue | null;
}

export interface Evaluation {
  mask: { classes: number[]; names: string[] };
  models: Partial<Record<Role, { scores: Scores; perClass: ClassScores[] }>>;
  comparison: { mcnemarP: number | null; sentence: string; agreement: number | null };
  tta: TtaRow[];
}

export interface Prediction {
  image: string;
  /** Why this image could not be read; then `top5` is empty. */
  error: ErrorValue | null;
  latencyMs: number;
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
    inspect: method<ImportReport>()(z.strictObject({ path, classNames: path.nullable().default(null) })),
    sample: method<{ folder: string; train: number; test: number }>()(
      z.strictObject({
        folder: path,
        seed: z.number().int().min(0).default(1),
        tracksPerClass: z.number().int().min(1).max(100).default(3),
        testPerClass: z.number().int().min(1).max(1000).default(20),
      }),
    ),
  },
  training: {
    findLearningRate: method<LearningRateCurve>()(
      z.strictObject({
        recipe: recipeSchema,
        data: path.nullable().default(null),
        role: z.enum(['teacher', 'student']).default('student'),
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
    /** Stops after the batch and saves; the run can be resumed. */
    stop: method<null>()(z.strictObject({ folder: path })),
    /** Returns when the run has ended, however it ended. */
    wait: method<RunSummary>()(z.strictObject({ folder: path })),
    list: method<RunSummary[]>()(z.strictObject({ out: path })),
    result: method<RunResult>()(z.strictObject({ folder: path })),
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
    export: method<{ files: string[] }>()(
      z.strictObject({
        folder: path,
        formats: z
          .array(z.enum(exportFormats))
          .min(1)
          .default([...exportFormats]),
        /** null: the run's own exports/ folder. */
        out: path.nullable().default(null),
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
}

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
