import { StepPace } from './step-pace.ts';

/** A stage as far as it is foreseen. */
export interface StageForecast {
  /** Seconds a step; null: not known. */
  stepSeconds: number | null;
  /** What follows the steps of an epoch, in steps. */
  tailSteps: number;
}

/** Measures a training's steps and estimates how long the rest takes. Times are seconds on the given clock. */
export class Timing {
  readonly #now: () => number;
  #tailSteps = 0;
  #pace = new StepPace();
  #lastStepAt = 0;
  #warmUp: number | null = null;
  #trainedAt: number | null = null;
  /** Of the epoch's end before last, and those before it. */
  #settledTail: number | null = null;
  #tail: number | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Another stage freezes other groups, so its steps take another time. */
  stageStarts({ stepSeconds, tailSteps }: StageForecast): void {
    this.#pace = new StepPace(stepSeconds);
    this.#tailSteps = tailSteps;
    this.#warmUp = null;
  }

  epochStarts(): void {
    this.epochEnds();
    this.#lastStepAt = this.#now();
  }

  stepEnds(): void {
    const now = this.#now();
    const seconds = now - this.#lastStepAt;
    this.#lastStepAt = now;
    // The first step fills caches and builds kernels: it is not typical of the others.
    if (this.#warmUp === null) this.#warmUp = seconds;
    else this.#pace.add(seconds);
  }

  trainingEnds(): void {
    if (this.#tail !== null) this.#settledTail = this.tailSeconds;
    this.#tail = null;
    this.#trainedAt = this.#now();
  }

  /** Validation is done; the next epoch's start adds whatever else came in between, as a checkpoint. */
  epochEnds(): void {
    if (this.#trainedAt !== null) this.#tail = this.#now() - this.#trainedAt;
  }

  /** Of this stage; 0 before the first. */
  get stepSeconds(): number {
    return this.#pace.seconds ?? this.#warmUp ?? 0;
  }

  /** Steps of this stage that count for its pace. */
  get steps(): number {
    return this.#pace.steps;
  }

  /** Whether enough is known to estimate the rest of the whole run. */
  get isSure(): boolean {
    return this.#pace.isSure;
  }

  get isTailMeasured(): boolean {
    return this.#tail !== null || this.#settledTail !== null;
  }

  /** What follows the steps of an epoch; the last counts as much as those before it. */
  get tailSeconds(): number {
    const [before, last] = [this.#settledTail, this.#tail];
    if (before !== null && last !== null) return (before + last) / 2;
    return last ?? before ?? this.#tailSteps * this.stepSeconds;
  }

  /** Seconds for so many steps and so many ends of epochs. */
  remaining(steps: number, epochEnds: number): number {
    return steps * this.stepSeconds + epochEnds * this.tailSeconds;
  }
}
