import { z } from 'zod';
import type { RunEvent } from '../../../contract/events.ts';
import type { BatchSource } from '../batch-source.ts';
import type { Callback, Training } from '../callback.ts';
import type { Saved, Stateful } from '../stateful.ts';
import { type StageForecast, Timing } from '../timing.ts';

const totalsSchema = z.object({ seconds: z.number(), trainSeconds: z.number(), images: z.number() });

/** Before the first validation has been timed, a batch of it is taken for a third of a training step. */
const forwardShare = 1 / 3;

/** Reports the time left of the whole run that a training is a part of. */
export interface RunForecast {
  /** What is known of a stage before it begins; 0-based. */
  stage: (stage: number) => StageForecast;
  /** The seconds that the run will still take; null where too little is known. `step`: steps done in `epoch`, 1-based. */
  rest: (
    at: { stage: number; epoch: number; step: number; waitShare: number },
    timing: Timing,
  ) => number | null;
}

export interface ProgressOptions {
  train: BatchSource;
  validation: BatchSource | null;
  onEvent: (event: RunEvent) => void;
  /** null: the training is the whole run. */
  run: RunForecast | null;
  /** Seconds on a clock that never goes back. */
  now?: () => number;
}

/** Emits 'step' and 'epoch', with speed, waiting share and the time that is left. */
export class Progress implements Callback, Stateful {
  readonly key = 'progress';
  private readonly options: ProgressOptions;
  private readonly now: () => number;
  private readonly timing: Timing;
  private fitStartedAt = 0;
  private epochStartedAt = 0;
  private imagesBefore = 0;
  private waitedBefore = 0;
  /** The epoch's training part, without validation. */
  private epochSpeed = { imagesPerSecond: 0, waitShare: 0 };
  /** Sums over all processes that worked on this training, up to the current one's start and its complete epochs. */
  private totals: z.output<typeof totalsSchema> = { seconds: 0, trainSeconds: 0, images: 0 };

  constructor(options: ProgressOptions) {
    this.options = options;
    this.now = options.now ?? (() => performance.now() / 1000);
    this.timing = new Timing(this.now);
  }

  /** Seconds of the whole training, and images a second of its training part. */
  get result(): { seconds: number; imagesPerSecond: number } {
    const { seconds, trainSeconds, images } = this.totals;
    return { seconds, imagesPerSecond: trainSeconds > 0 ? images / trainSeconds : 0 };
  }

  beforeFit(): void {
    this.fitStartedAt = this.now();
    this.epochStartedAt = this.fitStartedAt;
  }

  beforeStage({ stage }: Training): void {
    const tailSteps = (this.options.validation?.batches ?? 0) * forwardShare;
    this.timing.stageStarts(this.options.run?.stage(stage) ?? { stepSeconds: null, tailSteps });
  }

  beforeEpoch(training: Training): void {
    this.epochStartedAt = this.now();
    this.imagesBefore = training.images;
    this.waitedBefore = this.options.train.waitSeconds;
    this.timing.epochStarts();
  }

  afterStep(): void {
    this.timing.stepEnds();
  }

  afterRead(training: Training): void {
    const { read, role, epoch, epochs, steps, stage } = training;
    if (!read) return;
    const { step, loss, labelLoss, termLosses, learningRate, momentum } = read;
    const left = steps - step;
    this.options.onEvent({
      type: 'step',
      role,
      epoch,
      epochs,
      stage,
      step,
      steps,
      loss,
      labelLoss,
      termLosses,
      learningRate,
      momentum,
      ...this.speed(training),
      etaEpochSeconds: this.timing.remaining(left, 1),
      etaRunSeconds: this.rest(training, epoch, step),
    });
  }

  beforeValidation(training: Training): void {
    this.timing.trainingEnds();
    this.epochSpeed = this.speed(training);
    this.countTraining(training);
  }

  afterEpoch(training: Training): void {
    const { role, epoch, epochs, stage, train, validation, bestEpoch, finished } = training;
    this.timing.epochEnds();
    this.countSeconds();
    const last = finished || epoch === epochs;
    this.options.onEvent({
      type: 'epoch',
      role,
      epoch,
      epochs,
      stage,
      train: train!,
      validation,
      best: validation ? bestEpoch === epoch : last,
      ...this.epochSpeed,
      memoryBytes: process.memoryUsage.rss(),
      seconds: this.now() - this.epochStartedAt,
      etaRunSeconds: this.rest(training, finished ? epochs + 1 : epoch + 1, 0),
    });
  }

  beforeStop(training: Training): void {
    if (training.step < training.steps) this.countTraining(training);
    this.countSeconds();
  }

  afterFit(training: Training): void {
    // Ended midway through an epoch.
    if (training.step > 0) this.countTraining(training);
    this.countSeconds();
  }

  save(): Saved {
    return { values: this.totals, tensors: new Map() };
  }

  load(saved: Saved): void {
    this.totals = totalsSchema.parse(saved.values);
  }

  /** Of this epoch so far, in this process. */
  private speed(training: Training): { imagesPerSecond: number; waitShare: number } {
    const elapsed = this.now() - this.epochStartedAt;
    if (elapsed <= 0) return { imagesPerSecond: 0, waitShare: 0 };
    const waited = this.options.train.waitSeconds - this.waitedBefore;
    return {
      imagesPerSecond: (training.images - this.imagesBefore) / elapsed,
      waitShare: Math.min(1, Math.max(0, waited / elapsed)),
    };
  }

  private countTraining(training: Training): void {
    this.totals.images += training.images - this.imagesBefore;
    this.totals.trainSeconds += this.now() - this.epochStartedAt;
  }

  private countSeconds(): void {
    const now = this.now();
    this.totals.seconds += now - this.fitStartedAt;
    this.fitStartedAt = now;
  }

  /** Of the whole run, with `step` steps of `epoch` done. */
  private rest(training: Training, epoch: number, step: number): number | null {
    const { stage, epochs, steps } = training;
    const { waitShare } = this.speed(training);
    const { run } = this.options;
    if (run) return run.rest({ stage, epoch, step, waitShare }, this.timing);
    const epochEnds = epochs - epoch + 1;
    return this.timing.remaining(epochEnds * steps - step, epochEnds);
  }
}
