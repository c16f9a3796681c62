import { smallest } from '../../contract/extremes.ts';
import { DistillError } from '../../contract/errors.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import type { Batch } from '../data/batch.ts';
import type { Objective } from '../distill/objective.ts';
import type { Model } from '../models/model.ts';
import { breathe, untilAborted, type BatchSource } from './batch-source.ts';
import { suggestRates, type Suggestions } from './lr-suggestions.ts';
import { Optimizer } from './optimizer.ts';
import { modelVariables, readVariables, writeVariables } from './snapshot.ts';
import { dropoutMasks, unpack } from './step.ts';
import { TrainingStep } from './training-step.ts';

const firstRate = 1e-7;
const lastRate = 10;
const steps = 100;
/** fastai's: Adam's own beta1, where the schedule cycles the momentum, which is not done here. */
const uncycledMomentum = 0.9;
const smoothing = 0.98;
/** Ends when the smoothed loss is this many times its best. */
const limit = 4;
/** Points left out of the suggestions, at the start (a tenth) and at the end. */
const skipStart = 10;
const skipEnd = 5;

export interface FinderOptions {
  /** Groups that the caller froze stay frozen. */
  model: Model;
  training: TrainingRecipe;
  /** With a teacher: the distillation loss is in it. */
  objective: Objective;
  train: BatchSource;
  seed: number;
  signal: AbortSignal;
  /** Whether to replay the steps as one graph, where the backend can. */
  trace: boolean;
  onProgress?: (done: number, total: number) => void;
}

export interface FinderResult {
  learningRates: number[];
  /** Smoothed, one for each rate. */
  losses: number[];
  suggestions: Suggestions;
}

/** Epoch after epoch. */
async function* endless(source: BatchSource, signal: AbortSignal): AsyncGenerator<Batch> {
  for (let epoch = 1; !signal.aborted; epoch++) yield* untilAborted(source.epoch(epoch, { signal }), signal);
}

/** Exponential average with bias correction. */
class Smoothed {
  private sum = 0;
  private count = 0;

  add(value: number): number {
    this.count++;
    this.sum = smoothing * this.sum + (1 - smoothing) * value;
    return this.sum / (1 - smoothing ** this.count);
  }
}

async function sweep(
  options: FinderOptions,
  optimizer: Optimizer,
): Promise<{ learningRates: number[]; losses: number[] }> {
  const { model, training, objective, train, seed, signal, trace, onProgress } = options;
  const learningRates: number[] = [];
  const losses: number[] = [];
  const smoothed = new Smoothed();
  const { clipNorm, schedule } = training;
  const momentum = typeof schedule.momentum === 'number' ? schedule.momentum : uncycledMomentum;
  const step = new TrainingStep({ model, objective, optimizer, clipNorm, trace });
  // The first step may be long in coming: it builds the graphs.
  onProgress?.(0, steps);
  try {
    for await (const batch of endless(train, signal)) {
      const done = learningRates.length;
      const rate = firstRate * (lastRate / firstRate) ** (done / steps);
      const dropoutMask = dropoutMasks(seed, 'lr-find', done);
      const epoch = 1 + Math.floor(done / train.batches);
      const hyper = { learningRates: Array.from({ length: model.groups }, () => rate), momentum };
      const readout = step.run(batch, { epoch, hyper, dropoutMask });
      const { loss } = await unpack(readout, objective);
      if (!Number.isFinite(loss)) break;
      learningRates.push(rate);
      losses.push(smoothed.add(loss));
      onProgress?.(learningRates.length, steps);
      if (losses.at(-1)! > limit * smallest(losses) || learningRates.length === steps) break;
      await breathe();
    }
  } finally {
    step.dispose();
  }
  return { learningRates, losses };
}

/**
 * Trains with a rate that grows exponentially from 1e-7 to 10 in 100 steps, until the smoothed loss is 4 times its best,
 * then puts weights and statistics back. Smith, "Cyclical Learning Rates for Training Neural Networks", 2015 (arXiv
 * 1506.01186), section 3.3, with fastai's constants.
 * @throws DistillError CANCELLED after an abort, TRAINING_DIVERGED if the curve is too short to suggest anything,
 * DATASET_EMPTY without any batch.
 */
export async function findLearningRate(options: FinderOptions): Promise<FinderResult> {
  const { model, training, objective, train, signal } = options;
  if (train.batches === 0) {
    throw new DistillError(
      'DATASET_EMPTY',
      'There is no batch to train on.',
      'Choose a smaller batch size or more images.',
    );
  }
  const variables = [...modelVariables(model), ...objective.parameters];
  const before = await readVariables(variables);
  const optimizer = new Optimizer([...model.parameters, ...objective.parameters], training.optimizer);
  try {
    const curve = await sweep(options, optimizer);
    if (signal.aborted) throw new DistillError('CANCELLED', 'The search for a learning rate was stopped.');
    const { learningRates, losses } = curve;
    if (learningRates.length < skipStart + skipEnd + 2) {
      throw new DistillError(
        'TRAINING_DIVERGED',
        `The loss broke off after ${learningRates.length} of ${steps} learning rates.`,
        'Check the images, the labels and the weights that the model starts from.',
      );
    }
    const usable = (points: number[]) => points.slice(skipStart, -skipEnd);
    return { ...curve, suggestions: suggestRates(usable(learningRates), usable(losses)) };
  } finally {
    writeVariables(variables, before);
    optimizer.dispose();
  }
}
