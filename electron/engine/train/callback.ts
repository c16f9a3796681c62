import type { EpochScores } from '../../contract/metrics.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import type { Role } from '../../contract/run.ts';
import type { Objective } from '../distill/objective.ts';
import type { Model } from '../models/model.ts';
import type { Optimizer } from './optimizer.ts';
import type { StepValues } from './step.ts';

/** A step whose numbers have arrived; that is one step late, so that the device never waits to be read. */
export interface ReadStep extends StepValues {
  /** 1-based within the epoch. */
  step: number;
  labels: Int32Array;
  learningRate: number;
  momentum: number;
}

/** What callbacks see of a training, and what some of them set. */
export interface Training {
  readonly model: Model;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly recipe: TrainingRecipe;
  readonly role: Role;
  readonly seed: number;
  /** Over all stages. */
  readonly epochs: number;
  /** Steps in an epoch. */
  readonly steps: number;
  /** 0-based; -1 before the first. */
  stage: number;
  /** The epoch in progress, 1-based over all stages. */
  epoch: number;
  /** Steps of it that are done. */
  step: number;
  /** Images trained in this process. */
  images: number;
  /** For the next step, one for each parameter group. */
  learningRates: number[];
  momentum: number;
  /** Set before 'afterRead'. */
  read: ReadStep | null;
  /** Scores of the newest complete epoch. */
  train: EpochScores | null;
  validation: EpochScores | null;
  /** The epoch whose weights are the best so far, by validation. */
  bestEpoch: number | null;
  /** No further epoch is to follow. */
  finished: boolean;
}

/** Named events of a training, in the order of their coming. Callbacks are called one after the other, in their list's order. */
export interface Callback {
  beforeFit?(training: Training): void | Promise<void>;
  /** Also where a resumed training enters a stage midway. */
  beforeStage?(training: Training): void | Promise<void>;
  beforeEpoch?(training: Training): void | Promise<void>;
  beforeStep?(training: Training): void | Promise<void>;
  afterStep?(training: Training): void | Promise<void>;
  /** The losses and logits of a step are known: `training.read`. */
  afterRead?(training: Training): void | Promise<void>;
  /** All of an epoch's steps are done and read. */
  beforeValidation?(training: Training): void | Promise<void>;
  /** Also validated. */
  afterEpoch?(training: Training): void | Promise<void>;
  /** Someone asked to stop; CANCELLED follows. */
  beforeStop?(training: Training): void | Promise<void>;
  /** The training is over; midway through an epoch (`step` > 0) where it was asked to end. */
  afterFit?(training: Training): void | Promise<void>;
}

export type TrainingEvent = keyof Callback;
