import { z } from 'zod';
import { exportFormats } from './exports.ts';
import { figure } from './figure.ts';
import { roleSchema } from './run.ts';
import { unseenEvaluationSchema } from './unseen.ts';

/** A whole number, or one that is never missing. */
const count = z.number();

export const scoresSchema = z.object({
  n: count,
  accuracy: figure,
  top5: figure,
  f1Weighted: figure,
  f1Macro: figure,
  /** Mean negative natural logarithm of the true class's probability. */
  logLoss: figure,
  /** Expected calibration error, 15 equal-width bins of confidence. */
  ece: figure,
});
export type Scores = z.output<typeof scoresSchema>;
export const scoreNames = Object.keys(scoresSchema.shape) as (keyof Scores)[];

export const classScoresSchema = z.object({
  id: count,
  name: z.string(),
  precision: figure,
  recall: figure,
  f1: figure,
  support: count,
});
export type ClassScores = z.output<typeof classScoresSchema>;
export const classScoreNames = Object.keys(classScoresSchema.shape) as (keyof ClassScores)[];

/** Milliseconds of one image's forward pass: the median of many, and their quartiles. */
export const latencySchema = z.object({ ms: figure, low: figure, high: figure });
export type Latency = z.output<typeof latencySchema>;

const modelResultSchema = z.object({
  architecture: z.string(),
  /** Of an ONNX file: the values of its initializers. */
  parameters: count,
  /** Multiply-accumulates of one image's forward pass; NaN: not known. */
  macs: figure,
  /** Ids of the classes that it knows, where it does not know all: its scores are of their images alone. Absent: all. */
  covers: z.array(count).exactOptional(),
  /** Size of the weights file, or of the ONNX file with what belongs to it. */
  bytes: count,
  /** Median of single-image forward passes, measured in turn with the other models. */
  latencyMs: figure,
  /** Their quartiles; absent in results of earlier versions. */
  latencyRange: z.tuple([figure, figure]).exactOptional(),
  /** The epoch (1-based, over all stages) whose weights were kept, by validation; null where nothing was trained here. */
  bestEpoch: z.number().nullable(),
  trainingSeconds: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
  test: scoresSchema,
  /** On classes that the student was trained on, and on the others; null where the test images show classes of one kind only. */
  seen: scoresSchema.nullable(),
  unseen: scoresSchema.nullable(),
  validation: scoresSchema.nullable(),
});
export type ModelResult = z.output<typeof modelResultSchema>;

const ttaRowSchema = z.object({
  role: roleSchema,
  /** Augmented copies per image. */
  count,
  beta: figure,
  accuracy: figure,
  f1Weighted: figure,
  logLoss: figure,
  /** Milliseconds per image for the whole, decoding left out. */
  msPerImage: figure,
});
export type TtaRow = z.output<typeof ttaRowSchema>;

export const verdicts = ['better', 'worse', 'no difference shown', 'no baseline'] as const;

const comparisonSchema = z.object({
  /** Exact two-sided McNemar test of student against baseline on the test images; null without a baseline. */
  mcnemarP: z.number().nullable(),
  /** Test images that only the student, only the baseline, gets right. */
  onlyStudent: z.number().nullable(),
  onlyBaseline: z.number().nullable(),
  verdict: z.enum(verdicts),
  /** The verdict in words, with its figures. */
  sentence: z.string(),
  /** Share of test images for which student and teacher predict the same class. */
  agreement: figure,
});
export type Comparison = z.output<typeof comparisonSchema>;

/** A prediction that was wrong, for the report: the most confident first. */
const mistakeSchema = z.object({
  key: z.string(),
  label: count,
  top5: z.array(z.object({ id: count, probability: figure })),
});
export type Mistake = z.output<typeof mistakeSchema>;

/** An exported file that was run over the test images by a runtime of its users. */
export const exportRowSchema = z.object({
  format: z.enum(exportFormats),
  role: roleSchema,
  /** File or folder name, without its folder. */
  file: z.string(),
  /** Of the file, or of all files in the folder. */
  bytes: count,
  /** What ran it, with its version: 'onnxruntime-node 1.30.0'. */
  runtime: z.string(),
  /** Test images. */
  n: count,
  accuracy: figure,
  f1Macro: figure,
  logLoss: figure,
  /** Share of images with the same predicted class as the network's own. */
  agreement: figure,
  /** Largest difference of a probability from the network's own. */
  largestDifference: figure,
  /** Of one image, pixels to probabilities. */
  latency: latencySchema,
  /** What fell short, with what to do about it, a sentence each; empty where all is as it should be. */
  findings: z.array(z.string()),
  /** What was decided while it was written, such as the layers that stay in float: a sentence each. */
  notes: z.array(z.string()),
});
export type ExportRow = z.output<typeof exportRowSchema>;

/** Every model of a run has one, and so has the baseline where there is one. */
const byRole = <T extends z.ZodType>(value: T) =>
  z.object({ teacher: value, student: value, baseline: value.nullable() });

/** `result.json`: every final figure of a run, under stable names. Shares and probabilities are fractions in [0, 1]. */
export const runResultSchema = z.object({
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
    /** Images without labels; absent where there are none. */
    unlabelled: count.exactOptional(),
  }),
  models: byRole(modelResultSchema),
  comparison: comparisonSchema,
  perClass: byRole(z.array(classScoresSchema)),
  /** confusion[true][predicted], counts over the test images. */
  confusion: byRole(z.array(z.array(count))),
  mistakes: byRole(z.array(mistakeSchema)),
  tta: z.array(ttaRowSchema),
  /** Absent where the student was trained on all classes that the test images show. */
  unseen: unseenEvaluationSchema.exactOptional(),
  /** What was exported and checked, one a format and role: the last. Absent where nothing was. */
  exports: z.array(exportRowSchema).exactOptional(),
  /** In sentences, what the run lacks of its recipe because it was asked to finish early; absent where it lacks nothing. */
  cutShort: z.array(z.string()).exactOptional(),
  /** In sentences, what went wrong in its trainings without ending them; absent where nothing did. */
  warnings: z.array(z.string()).exactOptional(),
});
export type RunResult = z.output<typeof runResultSchema>;
