import type { EpochScores } from '../../contract/metrics.ts';
import type { RunEvent } from '../../contract/events.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import type { Role } from '../../contract/run.ts';
import { totalEpochs } from '../../contract/training-steps.ts';
import type { Objective } from '../distill/objective.ts';
import type { Model } from '../models/model.ts';
import type { BatchSource } from './batch-source.ts';
import type { Callback, Training } from './callback.ts';
import { BestEpoch } from './callbacks/best.ts';
import { checkpoints } from './callbacks/checkpoints.ts';
import { ExplosionWatch, stopOnDivergence } from './callbacks/divergence.ts';
import { earlyStop } from './callbacks/early-stop.ts';
import { Progress, type RunForecast } from './callbacks/progress.ts';
import { Schedule } from './callbacks/schedule.ts';
import { TrainScores } from './callbacks/scores.ts';
import type { CheckpointStore } from './checkpoint.ts';
import { Learner } from './learner.ts';
import { Optimizer } from './optimizer.ts';
import { adapterParts, loadParts, modelPart } from './parts.ts';
import { TrainingPosition } from './position.ts';
import { modelVariables } from './snapshot.ts';
import type { Stateful } from './stateful.ts';
import { WeightAverage } from './weight-average.ts';

export interface FitOptions {
  model: Model;
  training: TrainingRecipe;
  objective: Objective;
  train: BatchSource;
  /** null where nothing is held out: the last epoch is kept then. */
  validation: BatchSource | null;
  role: Role;
  seed: number;
  onEvent: (event: RunEvent) => void;
  /** null: nothing is written. */
  checkpoints: CheckpointStore | null;
  /** Go on from the newest checkpoint, if there is one; else start over and delete old checkpoints. */
  resume: boolean;
  /** The epoch (1-based) after which the training pauses, as after an abort. */
  pauseAfter?: number | null;
  /** Called where training begins or goes on from a checkpoint: epoch (1-based) and the steps done in it. */
  onBegin?: (position: { epoch: number; step: number }) => Promise<void>;
  /** Whether to replay a step as one graph where the backend can. */
  trace: boolean;
  /** Stops after the batch. */
  signal: AbortSignal;
  /** Ends the training after the batch and keeps its best weights; one that has not begun by then ends after its first epoch. */
  finish?: AbortSignal | undefined;
  /** Where this training is one of several. */
  run?: RunForecast;
  /** More of the same kind, called last. */
  callbacks?: readonly Callback[];
}

export interface FitResult {
  /** The epoch (1-based) whose weights the model has now; one that was not completed where none was. */
  bestEpoch: number;
  /** Whole epochs that were trained; fewer than the recipe's after an early stop. */
  epochs: number;
  /** In a sentence, where `finish` ended the training; null where it went to its end. */
  cutShort: string | null;
  /** In a sentence, where the loss exploded and stayed finite. */
  exploded: string | null;
  /** Of the whole training, also in earlier processes. */
  seconds: number;
  /** Of the training steps, waiting for data included, validation left out. */
  imagesPerSecond: number;
  /** Of the last whole epoch; null where there was none. */
  lastScores: { train: EpochScores | null; validation: EpochScores | null };
}

function begin(options: FitOptions, optimizer: Optimizer): Training {
  const { model, objective, training: recipe, role, seed, train } = options;
  return {
    model,
    objective,
    optimizer,
    recipe,
    role,
    seed,
    epochs: totalEpochs(recipe.stages),
    steps: train.batches,
    stage: -1,
    epoch: 1,
    step: 0,
    images: 0,
    learningRates: [],
    momentum: 0,
    read: null,
    train: null,
    validation: null,
    bestEpoch: null,
    finished: false,
  };
}

/** Adapters are averaged too: validation compares features through them. */
const averageOf = ({ model, objective, training: { ema } }: FitOptions): WeightAverage | null =>
  ema && new WeightAverage([...modelVariables(model), ...objective.parameters], ema.decay);

async function restore(options: FitOptions, training: Training, parts: readonly Stateful[]): Promise<void> {
  const { checkpoints: store, resume, onEvent, role } = options;
  if (!store) return;
  if (!resume) return store.clear();
  const found = await store.load();
  for (const message of found?.warnings ?? []) onEvent({ type: 'log', level: 'warn', message });
  if (!found) return;
  loadParts(parts, found.checkpoint);
  const { epoch, epochs, step, steps } = training;
  const place =
    epoch > epochs || training.finished ? 'its end' : `epoch ${epoch} of ${epochs}, step ${step} of ${steps}`;
  onEvent({ type: 'log', level: 'info', message: `Training of the ${role} continues at ${place}.` });
}

/**
 * Trains `model` over all stages of the recipe and leaves it with the best epoch's weights. A resumed training ends with
 * the bits of one that was never stopped.
 * @throws DistillError CANCELLED after an abort or where it is to pause (a checkpoint was saved), TRAINING_DIVERGED if a loss is no longer finite,
 * RUN_STATE if the checkpoint is another training's, RUN_CORRUPT if no checkpoint can be read.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { model, training: recipe, objective, train, validation, onEvent, signal, finish } = options;
  const optimizer = new Optimizer([...model.parameters, ...objective.parameters], recipe.optimizer);
  const average = averageOf(options);
  const training = begin(options, optimizer);
  const position = new TrainingPosition(training);
  const scores = new TrainScores(model.classes);
  const best = new BestEpoch(model);
  const progress = new Progress({ train, validation, onEvent, run: options.run ?? null });
  const parts: Stateful[] = [modelPart(model), ...adapterParts(objective), optimizer, scores, best, progress];
  // Only there are such checkpoints other than they always were.
  if (average) parts.push(average);
  const explosion = new ExplosionWatch((message) => onEvent({ type: 'log', level: 'warn', message }));
  const callbacks: Callback[] = [
    new Schedule(),
    stopOnDivergence,
    explosion,
    scores,
    best,
    ...(recipe.earlyStop && validation ? [earlyStop(recipe.earlyStop.patience)] : []),
    progress,
    ...(options.callbacks ?? []),
    ...(average ? [average] : []),
    // Last: a resume goes on after what a checkpoint holds, and the events of an epoch must not be lost with a killed process.
    ...(options.checkpoints ? [checkpoints(options.checkpoints, position, parts)] : []),
  ];
  try {
    objective.fold(model);
    await restore(options, training, [position, ...parts]);
    await options.onBegin?.({ epoch: training.epoch, step: training.step });
    const onTraceFailure = (reason: string) =>
      onEvent({
        type: 'log',
        level: 'warn',
        message: `The ${options.role}'s steps run kernel by kernel, which is slower: ${reason}.`,
      });
    const { trace, pauseAfter = null } = options;
    const stops = { signal, finish, pauseAfter };
    const learner = { training, average, callbacks, train, validation, ...stops, trace, onTraceFailure };
    const { cutShort } = await new Learner(learner).run();
    const epochs = training.epoch - 1;
    const bestEpoch = training.bestEpoch ?? (training.step > 0 ? training.epoch : epochs);
    return {
      bestEpoch,
      epochs,
      cutShort: cutShort ? cutShortSentence(training, bestEpoch) : null,
      exploded: explosion.sentence,
      ...progress.result,
      lastScores: { train: training.train, validation: training.validation },
    };
  } finally {
    optimizer.dispose();
    average?.dispose();
  }
}

function cutShortSentence({ role, epoch, epochs, step, steps }: Training, bestEpoch: number): string {
  const part = step > 0 ? ` and ${step} of ${steps} steps` : '';
  return `The training of the ${role} was ended early, after ${epoch - 1} of ${epochs} epochs${part}; it has the weights of epoch ${bestEpoch}.`;
}
