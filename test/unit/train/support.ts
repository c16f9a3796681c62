import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import { trainingSchema } from '../../../electron/contract/recipe/training.ts';
import type { RunEvent } from '../../../electron/contract/events.ts';
import type { Batch } from '../../../electron/engine/data/batch.ts';
import { onLabels } from '../../../electron/engine/distill/objective.ts';
import { createModel } from '../../../electron/engine/models/index.ts';
import type { Model } from '../../../electron/engine/models/model.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import type { BatchSource } from '../../../electron/engine/train/batch-source.ts';
import type { FitOptions } from '../../../electron/engine/train/fit.ts';
import { modelVariables } from '../../../electron/engine/train/snapshot.ts';
import type { z } from 'zod';

export const classes = 3;
const size = 8;
const batchSize = 4;

/** The smallest there is, with batch norms and dropout. */
export function tinyModel(seed = 1, recipe: Partial<ModelRecipe> = {}): Model {
  return createModel(
    { architecture: 'cifar_resnet8', width: 4, stem: 'small-stride2', head: 'fastai', ...recipe },
    classes,
    seed,
  );
}

export const labelsOnly = onLabels();

/**
 * Noise whose brightness tells the class, in another order each epoch. Like the real loader it hands out one piece of
 * shared memory again and again.
 */
export function madeUpSource(batches: number, seed = 1): BatchSource {
  const images = new Float32Array(new SharedArrayBuffer(4 * batchSize * size * size * 3));
  return {
    batches,
    images: batches * batchSize,
    waitSeconds: 0,
    async *epoch(epoch, { from = 0 } = {}) {
      for (let b = from; b < batches; b++) {
        await Promise.resolve();
        const stream = random(seed, epoch, b);
        const labels = Int32Array.from({ length: batchSize }, () => stream.integer(classes));
        for (let i = 0; i < images.length; i++) {
          images[i] = labels[Math.floor(i / (size * size * 3))]! - 1 + 0.3 * stream.normal();
        }
        const batch: Batch = {
          images,
          labels,
          indices: labels.map((_, i) => b * batchSize + i),
          n: batchSize,
        };
        yield batch;
        images.fill(NaN);
      }
    },
  };
}

export function tinyFit(
  model: Model,
  training: z.input<typeof trainingSchema>,
  rest: Partial<FitOptions> = {},
) {
  const events: RunEvent[] = [];
  const options: FitOptions = {
    model,
    training: trainingSchema.parse({ batchSize, ...training }),
    objective: labelsOnly,
    train: madeUpSource(3),
    validation: madeUpSource(2, 2),
    role: 'student',
    seed: 7,
    onEvent: (event) => void events.push(event),
    checkpoints: null,
    resume: false,
    trace: false,
    signal: new AbortController().signal,
    ...rest,
  };
  return { options, events };
}

export function epochEvents(events: readonly RunEvent[]) {
  return events.filter((event) => event.type === 'epoch');
}

export function stepEvents(events: readonly RunEvent[]) {
  return events.filter((event) => event.type === 'step');
}

/** Every weight and statistic, for comparing bits. */
export function bits(model: Model): Record<string, number[]> {
  return Object.fromEntries(
    modelVariables(model).map(({ name, variable }) => [name, [...variable.dataSync()]]),
  );
}
