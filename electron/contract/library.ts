import type { RunAnnotation } from './annotation.ts';
import type { ImportReport } from './dataset.ts';
import type { EpochScores, Phase, RunEvent, RunState } from './events.ts';
import type { ErrorValue } from './errors.ts';
import type { Recipe } from './recipe.ts';
import type { Comparison, Role } from './result.ts';
import type { Runtime } from './services.ts';

/** What a list of runs shows of one. */
export interface RunSummary {
  folder: string;
  /** What its owner calls it, or else its recipe's name. */
  name: string;
  recipeName: string;
  annotation: RunAnnotation;
  state: RunState;
  startedAt: string;
  /** The last change of state or progress. */
  updatedAt: string;
  error: ErrorValue | null;
  /** Test accuracy by role, as far as the run came; null where the role has none. */
  accuracy: Record<Role, number | null>;
  /** Networks of teacher and student, e.g. 'resnet34'; null where the recipe takes the teacher from elsewhere. */
  architectures: { teacher: string | null; student: string };
  /** Of the student, as far as it was judged; the quartiles of its latency are null where they were not kept. */
  student: { parameters: number; latencyMs: number | null; latencyRange: [number, number] | null } | null;
  /** Student beside baseline; null before they were compared. */
  verdict: Comparison['verdict'] | null;
  /** Size of the student's weights; null before they exist. */
  studentBytes: number | null;
  /** Of the run's folder on disk. */
  bytes: number;
  /** The dataset's path. */
  dataset: string | null;
}

/** One run in the trash. */
export interface TrashedRun {
  folder: string;
  name: string;
  trashedAt: string;
  bytes: number;
}

/** Where a run stands right now; also what a reloaded window begins with. */
export interface RunPosition {
  phase: Phase;
  /** Of all phases, 0-based. */
  index: number;
  count: number;
  /** The phases in their order. */
  phases: Phase[];
  progress: Extract<RunEvent, { type: 'progress' }> | null;
  step: Extract<RunEvent, { type: 'step' }> | null;
  /** Of the whole run; null where it is not known yet. */
  remaining: { seconds: number; reason: string | null } | null;
}

/** How a run at work is to end before its time; see `runs.stop`. */
export type StopMode = 'cancel' | 'pause' | 'finish';

export interface RunDetails {
  summary: RunSummary;
  recipe: Recipe;
  runtime: Runtime;
  /** What was imported; null where the run did not come that far. */
  dataset: ImportReport | null;
  /** null where the run is not at work. */
  position: RunPosition | null;
  /** How it was asked to end, as `runs.stop` says; null where it was not, or is not at work. */
  stopping: StopMode | null;
  /** The last of log.txt, oldest first. */
  log: LogLine[];
}

export interface LogLine {
  time: string;
  level: 'info' | 'warn' | 'error';
  message: string;
}

/** The steps of one role, thinned to what was asked for: every array has one entry a point. */
export interface StepSeries {
  role: Role;
  /** Steps since the role's training began, 1-based, over all epochs. */
  step: number[];
  /** Epochs done, with the fraction of the one at work. */
  epoch: number[];
  loss: number[];
  labelLoss: number[];
  distillationLoss: (number | null)[];
  learningRate: number[];
  momentum: number[];
  imagesPerSecond: number[];
  waitShare: number[];
}

export interface EpochPoint {
  role: Role;
  epoch: number;
  epochs: number;
  stage: number;
  train: EpochScores;
  validation: EpochScores | null;
  best: boolean;
  imagesPerSecond: number;
  waitShare: number;
  memoryBytes: number;
  seconds: number;
}

export interface RunMetrics {
  steps: StepSeries[];
  epochs: EpochPoint[];
  /** How many step points there are before thinning. */
  points: number;
}

/** What a model answered about the images that are watched, after an epoch. */
export interface Probe {
  role: Role;
  /** 0: the teacher's answer to the student's images, before the student's first epoch. */
  epoch: number;
  answers: { key: string; top5: { id: number; probability: number }[] }[];
}

export interface Probes {
  /** The images, of the held-out part (of the training part where nothing is held out). */
  images: { key: string; label: number }[];
  probes: Probe[];
}

export interface Settings {
  /** Where runs are made. */
  runsFolder: string;
  /** Where datasets are downloaded and uploaded to. */
  dataFolder: string;
  /** Where teachers' answers are kept. */
  answersFolder: string;
  theme: 'system' | 'light' | 'dark';
  runtime: Runtime;
  /** Datasets and recipes that were opened last, newest first. */
  recent: { kind: 'dataset' | 'recipe'; path: string; time: string }[];
}

export interface StorageArea {
  id: 'answers' | 'downloads' | 'uploads' | 'trash' | 'logs';
  folder: string;
  bytes: number;
  /** Whether `system.clearStorage` may empty it. */
  clearable: boolean;
}

/** Archives that are fetched into a folder. */
export interface DownloadState {
  folder: string;
  /** Of all archives. */
  totalBytes: number;
  /** Of those that lie in the folder, whole or begun. */
  haveBytes: number;
  /** On the folder's disk. */
  freeBytes: number;
  /** Whether what is missing has room. */
  fits: boolean;
}

/** A recipe in the making: not valid until it is done. */
export interface Draft {
  id: string;
  updatedAt: string;
  /** The recipe's fields as far as they are filled in. */
  recipe: unknown;
  /** Dataset's path, as `runs.start` takes it. */
  data: string | null;
  /** The wizard's step. */
  step: number;
}

export interface DiskSpace {
  folder: string;
  freeBytes: number;
  totalBytes: number;
}
