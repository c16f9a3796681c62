import type { Role } from './run.ts';

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

/** Scores of one part (training or validation) in one epoch. */
export interface EpochScores {
  /** The weighted sum that is minimised. */
  loss: number;
  labelLoss: number;
  /** The method's loss, unweighted; null without a teacher. */
  distillationLoss: number | null;
  accuracy: number;
  top5: number;
  f1Weighted: number;
  f1Macro: number;
}
