/** Before the first validation has been timed: a forward pass costs about a third of a training step. */
const forwardShare = 1 / 3;

/** Measures a training's steps and says how long the rest will take. Times are seconds on the given clock. */
export class Timing {
  private readonly now: () => number;
  private readonly validationBatches: number;
  private lastStepAt = 0;
  private steps = 0;
  private stepSum = 0;
  private warmUp: number | null = null;
  private trainedAt: number | null = null;
  private tail: number | null = null;

  constructor(now: () => number, validationBatches: number) {
    this.now = now;
    this.validationBatches = validationBatches;
  }

  /** Another stage freezes other groups, so its steps take another time. */
  stageStarts(): void {
    this.steps = 0;
    this.stepSum = 0;
    this.warmUp = null;
  }

  epochStarts(): void {
    this.epochEnds();
    this.lastStepAt = this.now();
  }

  stepEnds(): void {
    const now = this.now();
    const seconds = now - this.lastStepAt;
    this.lastStepAt = now;
    // The first step fills caches and builds kernels: it says little about the others.
    if (this.warmUp === null) this.warmUp = seconds;
    else {
      this.steps++;
      this.stepSum += seconds;
    }
  }

  trainingEnds(): void {
    this.trainedAt = this.now();
  }

  /** Validation is done; the next epoch's start adds whatever else came in between, as a checkpoint. */
  epochEnds(): void {
    if (this.trainedAt !== null) this.tail = this.now() - this.trainedAt;
  }

  /** Mean of this stage's steps; 0 before the first. */
  get stepSeconds(): number {
    return this.steps === 0 ? (this.warmUp ?? 0) : this.stepSum / this.steps;
  }

  /** What follows the steps of an epoch. */
  get tailSeconds(): number {
    return this.tail ?? this.validationBatches * this.stepSeconds * forwardShare;
  }

  /** Seconds for so many steps and so many ends of epochs. */
  remaining(steps: number, epochEnds: number): number {
    return steps * this.stepSeconds + epochEnds * this.tailSeconds;
  }
}
