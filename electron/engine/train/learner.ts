import { DistillError } from '../../contract/errors.ts';
import type { Batch } from '../data/batch.ts';
import { breathe, untilAborted, type BatchSource } from './batch-source.ts';
import type { Callback, ReadStep, Training, TrainingEvent } from './callback.ts';
import { stagePlace } from './schedule.ts';
import { dropoutMasks, unpack, type Readout, type StepValues } from './step.ts';
import { TrainingStep } from './training-step.ts';
import { validate } from './validate.ts';
import type { WeightAverage } from './weight-average.ts';

export interface LearnerOptions {
  training: Training;
  /** Of the weights; null: none is kept. */
  average: WeightAverage | null;
  callbacks: readonly Callback[];
  train: BatchSource;
  validation: BatchSource | null;
  /** Stops after the batch. */
  signal: AbortSignal;
  /** Ends the training after the batch, as if it were over; one that has not begun by then is over after its first epoch. */
  finish?: AbortSignal | undefined;
  /** The epoch after which it stops, as after an abort; null: none. */
  pauseAfter: number | null;
  /** Whether to replay the steps as one graph, where the backend can. */
  trace: boolean;
  /** Called with the reason where steps cannot be replayed as they should. */
  onTraceFailure?: (reason: string) => void;
}

/** Stages of epochs of steps. Whatever else happens in a training, a callback does. */
export class Learner {
  private readonly options: LearnerOptions;
  private readonly trainingStep: TrainingStep;
  private epochsAtLeast = 0;
  /** The newest step, not yet read. */
  private unread: {
    readout: Readout;
    step: Omit<ReadStep, keyof StepValues>;
  } | null = null;

  constructor(options: LearnerOptions) {
    this.options = options;
    const { model, objective, optimizer, recipe } = options.training;
    const { clipNorm } = recipe;
    this.trainingStep = new TrainingStep({
      ...{ model, objective, optimizer, clipNorm },
      ...{ average: options.average, trace: options.trace },
    });
  }

  /**
   * Where the training was asked to end before its time, it stays at the epoch and step that it came to.
   * @throws DistillError CANCELLED after an abort or where it is to pause, when the callbacks have seen 'beforeStop'.
   */
  async run(): Promise<{ cutShort: boolean }> {
    const { training, validation, signal, finish, pauseAfter } = this.options;
    const begun = training.epoch > 1 || training.step > 0;
    this.epochsAtLeast = finish?.aborted && !begun ? 1 : 0;
    let cutShort = false;
    try {
      await this.emit('beforeFit');
      for (; training.epoch <= training.epochs && !training.finished; training.epoch++, training.step = 0) {
        cutShort = this.isToEnd();
        if (cutShort) break;
        if (pauseAfter !== null && training.epoch > pauseAfter) await this.stop();
        const { index } = stagePlace(training.recipe.stages, training.epoch);
        if (index !== training.stage) {
          training.stage = index;
          await this.emit('beforeStage');
        }
        await this.emit('beforeEpoch');
        await this.trainEpoch();
        cutShort = training.step < training.steps;
        if (cutShort) break;
        await this.emit('beforeValidation');
        training.validation = validation ? await validate(training, validation, signal) : null;
        if (signal.aborted) await this.stop();
        await this.emit('afterEpoch');
      }
      await this.emit('afterFit');
      return { cutShort };
    } finally {
      this.unread?.readout.dispose();
      this.trainingStep.dispose();
    }
  }

  private isToEnd(): boolean {
    const { training, finish } = this.options;
    return finish !== undefined && finish.aborted && training.epoch > this.epochsAtLeast;
  }

  private async emit(event: TrainingEvent): Promise<void> {
    for (const callback of this.options.callbacks) await callback[event]?.(this.options.training);
  }

  private async trainEpoch(): Promise<void> {
    const { training, train, signal } = this.options;
    if (training.step < training.steps) {
      const batches = train.epoch(training.epoch, { from: training.step, signal });
      for await (const batch of untilAborted(batches, signal)) {
        await this.emit('beforeStep');
        await this.step(batch);
        await this.emit('afterStep');
        if (this.isToEnd()) break;
        await breathe();
      }
      await this.settle();
    }
    if (signal.aborted) await this.stop();
    if (training.step !== training.steps && !this.isToEnd()) {
      throw new DistillError(
        'INTERNAL',
        `Epoch ${training.epoch} had ${training.step} of ${training.steps} batches.`,
      );
    }
  }

  private async step(batch: Batch): Promise<void> {
    const { training } = this.options;
    const { epoch, learningRates, momentum } = training;
    const globalStep = (epoch - 1) * training.steps + training.step;
    const dropoutMask = dropoutMasks(training.seed, training.role, globalStep);
    const hyper = { learningRates, momentum };
    const known = this.trainingStep.failure;
    const readout = this.trainingStep.run(batch, { epoch, hyper, dropoutMask });
    const { failure } = this.trainingStep;
    if (failure !== null && failure !== known) this.options.onTraceFailure?.(failure);
    training.step++;
    training.images += batch.n;
    await this.settle();
    const labels = batch.labels.slice(0, batch.n);
    this.unread = {
      readout,
      step: { step: training.step, labels, learningRate: learningRates.at(-1)!, momentum },
    };
  }

  /** Reads the step that was left unread, if there is one. */
  private async settle(): Promise<void> {
    if (!this.unread) return;
    const { readout, step } = this.unread;
    this.unread = null;
    const { training } = this.options;
    training.read = { ...step, ...(await unpack(readout, training.objective)) };
    await this.emit('afterRead');
  }

  private async stop(): Promise<never> {
    const { role, epoch, epochs, step, steps } = this.options.training;
    await this.emit('beforeStop');
    throw new DistillError(
      'CANCELLED',
      `Training of the ${role} was stopped in epoch ${epoch} of ${epochs}, after step ${step} of ${steps}.`,
    );
  }
}
