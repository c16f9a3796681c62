import type { ExportFormat } from './exports.ts';
import type { Role } from './run.ts';

export interface Scores {
  n: number;
  accuracy: number;
  top5: number;
  f1Weighted: number;
  f1Macro: number;
  /** Mean negative natural logarithm of the true class's probability. */
  logLoss: number;
  /** Expected calibration error, 15 equal-width bins of confidence. */
  ece: number;
}

export interface ClassScores {
  id: number;
  name: string;
  precision: number;
  recall: number;
  f1: number;
  support: number;
}

/** Milliseconds of one image's forward pass: the median of many, and their quartiles. */
export interface Latency {
  ms: number;
  low: number;
  high: number;
}

export interface ModelResult {
  architecture: string;
  parameters: number;
  /** Multiply-accumulates of one image's forward pass. */
  macs: number;
  /** Size of the weights file. */
  bytes: number;
  /** Median of single-image forward passes, measured in turn with the other models. */
  latencyMs: number;
  /** Their quartiles; absent in results of earlier versions. */
  latencyRange?: [number, number];
  /** The epoch (1-based, over all stages) whose weights were kept, by validation; null where nothing was trained here. */
  bestEpoch: number | null;
  trainingSeconds: number | null;
  imagesPerSecond: number | null;
  test: Scores;
  /** On classes that the student was trained on, and on the others; null where the test images show classes of one kind only. */
  seen: Scores | null;
  unseen: Scores | null;
  validation: Scores | null;
}

export interface TtaRow {
  role: Role;
  /** Augmented copies per image. */
  count: number;
  beta: number;
  accuracy: number;
  f1Weighted: number;
  logLoss: number;
  /** Milliseconds per image for the whole, decoding left out. */
  msPerImage: number;
}

export const verdicts = ['better', 'worse', 'no difference shown', 'no baseline'] as const;

export interface Comparison {
  /** Exact two-sided McNemar test of student against baseline on the test images; null without a baseline. */
  mcnemarP: number | null;
  /** Test images that only the student, only the baseline, gets right. */
  onlyStudent: number | null;
  onlyBaseline: number | null;
  verdict: (typeof verdicts)[number];
  /** The verdict in words, with its figures. */
  sentence: string;
  /** Share of test images on which student and teacher give the same answer. */
  agreement: number;
}

/** A prediction that was wrong, for the report: the most confident first. */
export interface Mistake {
  key: string;
  label: number;
  top5: { id: number; probability: number }[];
}

/** An exported file that was run over the test images by a runtime of its users. */
export interface ExportRow {
  format: ExportFormat;
  role: Role;
  /** File or folder name, without its folder. */
  file: string;
  /** Of the file, or of all files in the folder. */
  bytes: number;
  /** What ran it, with its version: 'onnxruntime-node 1.30.0'. */
  runtime: string;
  /** Test images. */
  n: number;
  accuracy: number;
  f1Macro: number;
  logLoss: number;
  /** Share of images with the same answer as the network's own. */
  agreement: number;
  /** Largest difference of a probability from the network's own. */
  largestDifference: number;
  /** Of one image, pixels to probabilities. */
  latency: Latency;
  /** What fell short, with what to do about it, a sentence each; empty where all is as it should be. */
  findings: string[];
  /** What was decided while it was written, such as the layers that stay in float: a sentence each. */
  notes: string[];
}

/** `result.json`: every final figure of a run, under stable names. Shares and probabilities are fractions in [0, 1]. */
export interface RunResult {
  version: 1;
  name: string;
  startedAt: string;
  finishedAt: string;
  backend: string;
  classes: { id: number; name: string; seen: boolean }[];
  dataset: {
    path: string;
    format: string;
    fingerprint: string;
    train: number;
    validation: number;
    test: number;
  };
  models: { teacher: ModelResult; student: ModelResult; baseline: ModelResult | null };
  comparison: Comparison;
  perClass: { teacher: ClassScores[]; student: ClassScores[]; baseline: ClassScores[] | null };
  /** confusion[true][predicted], counts over the test images. */
  confusion: { teacher: number[][]; student: number[][]; baseline: number[][] | null };
  mistakes: { teacher: Mistake[]; student: Mistake[]; baseline: Mistake[] | null };
  tta: TtaRow[];
  /** What was exported and checked, one a format and role: the last. Absent where nothing was. */
  exports?: ExportRow[];
  /** In sentences, what the run lacks of its recipe because it was asked to finish early; absent where it lacks nothing. */
  cutShort?: string[];
  /** In sentences, what went wrong in its trainings without ending them; absent where nothing did. */
  warnings?: string[];
}
