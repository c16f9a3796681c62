import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import { epochScoresSchema } from '../../contract/metrics.ts';
import { trainingSchema } from '../../contract/recipe/training.ts';
import type { Training } from './callback.ts';
import type { Saved, Stateful } from './stateful.ts';

const savedSchema = z.object({
  /** What must be equal for a training to go on where another stopped. */
  identity: z.string(),
  epoch: z.number().int().min(1),
  step: z.number().int().min(0),
  finished: z.boolean(),
  train: epochScoresSchema.nullable(),
  validation: epochScoresSchema.nullable(),
});

/** An identity with what recipes of its version did not have yet. */
function current(identity: string): string {
  const { recipe, ...others } = JSON.parse(identity) as { recipe: unknown };
  const parsed = trainingSchema.safeParse(recipe);
  return JSON.stringify({ ...others, recipe: parsed.data });
}

/**
 * How far a training has come. Schedule, dropout masks and the data's order all follow from the position and the seed, so
 * that no other random state must be kept.
 */
export class TrainingPosition implements Stateful {
  readonly key = 'position';
  private readonly training: Training;
  private readonly identity: string;
  private next = { epoch: 1, step: 0 };

  constructor(training: Training) {
    const { model, recipe, role, seed, steps } = training;
    this.training = training;
    const { classes, recipe: network } = model;
    this.identity = current(JSON.stringify({ model: network, classes, recipe, role, seed, steps }));
  }

  /** The step to go on with: `step` steps (0-based count) of `epoch` (1-based) are done. */
  set(epoch: number, step: number): void {
    this.next = { epoch, step };
  }

  save(): Saved {
    const { finished, train, validation } = this.training;
    return {
      values: { identity: this.identity, ...this.next, finished, train, validation },
      tensors: new Map(),
    };
  }

  /** @throws DistillError RUN_STATE if the checkpoint belongs to a training with other settings. */
  load(saved: Saved): void {
    const { identity, epoch, step, finished, train, validation } = savedSchema.parse(saved.values);
    if (current(identity) !== this.identity) {
      throw new DistillError(
        'RUN_STATE',
        `The ${this.training.role}'s checkpoint was made with other settings, another model or other data.`,
        'Start a new run, or bring back the recipe and the data that the run began with.',
      );
    }
    Object.assign(this.training, { epoch, step, finished, train, validation });
  }
}
