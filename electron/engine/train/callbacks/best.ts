import { z } from 'zod';
import type { Model } from '../../models/model.ts';
import type { Callback, Training } from '../callback.ts';
import { modelVariables, readVariables, writeVariables, type Tensors } from '../snapshot.ts';
import type { Saved, Stateful } from '../stateful.ts';

const scoreSchema = z.object({ epoch: z.number(), accuracy: z.number(), loss: z.number() });
const savedSchema = z.object({ best: scoreSchema.nullable(), recent: z.array(z.number()) });

/**
 * Epochs whose accuracy is averaged. A few dozen held-out tracks make a single epoch's accuracy jump by points, and a lucky
 * jump in the middle of the cycle, where the rate is still high, would be kept: on GTSRB at 32 px that cost a student three
 * points on the test images. The loss is not a better criterion: it grows while a network that overfits still gains accuracy.
 */
const window = 3;

type Score = z.output<typeof scoreSchema>;

/** Higher accuracy wins; among equals the lower loss; among equals the earlier epoch. */
function better(score: Score, than: Score): boolean {
  if (score.accuracy !== than.accuracy) return score.accuracy > than.accuracy;
  return score.loss < than.loss;
}

/**
 * Keeps the weights and statistics of the best epoch and puts them back at the end: the one with the highest validation
 * accuracy, averaged with that of the two epochs before it; never by test.
 * Where nothing is held out the last epoch is kept.
 */
export class BestEpoch implements Callback, Stateful {
  readonly key = 'best';
  private readonly model: Model;
  private best: Score | null = null;
  /** Accuracies of the last epochs, the newest at the end. */
  private recent: number[] = [];
  private weights: Tensors = new Map();

  constructor(model: Model) {
    this.model = model;
  }

  beforeFit(training: Training): void {
    training.bestEpoch = this.best?.epoch ?? null;
  }

  async afterEpoch(training: Training): Promise<void> {
    const { validation, epoch } = training;
    if (!validation) return;
    this.recent = [...this.recent, validation.accuracy].slice(-window);
    const accuracy = this.recent.reduce((sum, value) => sum + value, 0) / this.recent.length;
    const score = { epoch, accuracy, loss: validation.loss };
    if (this.best && !better(score, this.best)) return;
    this.best = score;
    this.weights = await readVariables(modelVariables(this.model));
    training.bestEpoch = epoch;
  }

  afterFit(): void {
    if (this.best) writeVariables(modelVariables(this.model), this.weights);
  }

  save(): Saved {
    return { values: { best: this.best, recent: this.recent }, tensors: this.weights };
  }

  load(saved: Saved): void {
    const { best, recent } = savedSchema.parse(saved.values);
    this.best = best;
    this.recent = recent;
    this.weights = saved.tensors;
  }
}
