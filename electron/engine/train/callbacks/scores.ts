import type { Callback, Training } from '../callback.ts';
import { RunningScores } from '../epoch-scores.ts';
import type { Saved, Stateful } from '../stateful.ts';

/** Training scores of each epoch, from the logits that its steps computed anyway. */
export class TrainScores implements Callback, Stateful {
  readonly key = 'scores';
  private readonly running: RunningScores;

  constructor(classes: number) {
    this.running = new RunningScores(classes);
  }

  beforeEpoch(training: Training): void {
    // A resumed epoch goes on counting.
    if (training.step === 0) this.running.reset();
  }

  afterRead(training: Training): void {
    if (training.read) this.running.add(training.read, training.read.labels);
  }

  beforeValidation(training: Training): void {
    training.train = this.running.result();
  }

  save(): Saved {
    return this.running.save();
  }

  load(saved: Saved): void {
    this.running.load(saved);
  }
}
