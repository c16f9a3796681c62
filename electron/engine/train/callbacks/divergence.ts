import type { Callback, Training } from '../callback.ts';
import { divergence, remedyOf } from '../divergence.ts';

/** Ends a training whose loss is no longer finite; comes before whatever counts or keeps that step. */
export const stopOnDivergence: Callback = {
  afterRead(training) {
    if (training.read && !Number.isFinite(training.read.loss)) throw divergence(training, 'loss');
  },
};

/** The smoothed loss has exploded when it is this many times its lowest and its first. */
const [timesLowest, timesFirst] = [5, 2];
/** Of a step in the smoothed loss. */
const share = 0.1;
/** Steps before the smoothed loss counts. */
const settling = 5;

/** Warns once of a loss that explodes and stays finite. */
export class ExplosionWatch implements Callback {
  /** The warning; null: none. */
  sentence: string | null = null;
  private readonly warn: (sentence: string) => void;
  private steps = 0;
  private smoothed = 0;
  private first = 0;
  private lowest = Infinity;

  constructor(warn: (sentence: string) => void) {
    this.warn = warn;
  }

  afterRead(training: Training): void {
    if (!training.read || this.sentence !== null) return;
    this.steps++;
    this.smoothed += (training.read.loss - this.smoothed) * Math.max(share, 1 / this.steps);
    if (this.steps < settling) return;
    if (this.steps === settling) this.first = this.smoothed;
    this.lowest = Math.min(this.lowest, this.smoothed);
    if (this.smoothed <= timesLowest * this.lowest || this.smoothed <= timesFirst * this.first) return;
    const { role, epoch } = training;
    this.sentence = `The loss of the ${role} exploded in epoch ${epoch}: it rose to ${this.smoothed.toPrecision(3)} from ${this.lowest.toPrecision(3)}. ${remedyOf(training)}`;
    this.warn(this.sentence);
  }
}
