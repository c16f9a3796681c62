import { z } from 'zod';
import type { EpochScores } from '../../../contract/events.ts';
import type { Model } from '../../models/model.ts';
import type { Callback, Training } from '../callback.ts';
import { modelVariables, readVariables, writeVariables, type Tensors } from '../snapshot.ts';
import type { Saved, Stateful } from '../stateful.ts';

const savedSchema = z.object({ epoch: z.number(), accuracy: z.number(), loss: z.number() }).nullable();

/** Higher accuracy wins; among equals the lower loss; among equals the earlier epoch. */
function better(scores: EpochScores, than: { accuracy: number; loss: number }): boolean {
  if (scores.accuracy !== than.accuracy) return scores.accuracy > than.accuracy;
  return scores.loss < than.loss;
}

/**
 * Keeps the weights and statistics of the best epoch, by validation and never by test, and puts them back at the end.
 * Where nothing is held out the last epoch is kept.
 */
export class BestEpoch implements Callback, Stateful {
  readonly key = 'best';
  private readonly model: Model;
  private best: z.output<typeof savedSchema> = null;
  private weights: Tensors = new Map();

  constructor(model: Model) {
    this.model = model;
  }

  beforeFit(training: Training): void {
    training.bestEpoch = this.best?.epoch ?? null;
  }

  async afterEpoch(training: Training): Promise<void> {
    const { validation, epoch } = training;
    if (!validation || (this.best && !better(validation, this.best))) return;
    this.best = { epoch, accuracy: validation.accuracy, loss: validation.loss };
    this.weights = await readVariables(modelVariables(this.model));
    training.bestEpoch = epoch;
  }

  afterFit(): void {
    if (this.best) writeVariables(modelVariables(this.model), this.weights);
  }

  save(): Saved {
    return { values: this.best, tensors: this.weights };
  }

  load(saved: Saved): void {
    this.best = savedSchema.parse(saved.values);
    this.weights = saved.tensors;
  }
}
