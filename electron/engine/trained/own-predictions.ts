import { setImmediate } from 'node:timers/promises';
import type { Statistics } from '../../contract/recipe/statistics.ts';
import type { Role } from '../../contract/run.ts';
import { identityTransform } from '../data/augment.ts';
import type { LabelledImages } from '../data/labelled-images.ts';
import { renderInto } from '../data/render.ts';
import { forward } from '../evaluate/predict.ts';
import { type Predictions, softmax } from '../evaluate/predictions.ts';
import { throwIfCancelled } from '../export/staging.ts';
import type { TrainedNetwork } from '../export/trained-network.ts';
import { createModel } from '../models/index.ts';
import { applyWeights } from '../models/weights/apply.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { findPredictions } from '../run-folder/stored-predictions.ts';

/** The predictions of a run's own network for its test images; null where the run did not keep them. */
export async function keptPredictions(
  run: RunFolder,
  role: Role,
  { keys }: LabelledImages,
): Promise<Predictions | null> {
  const kept = await findPredictions(run).catch(() => null);
  const isSame = kept?.keys.length === keys.length && kept.keys.every((key, i) => key === keys[i]);
  return (isSame && kept.models.get(role)) || null;
}

const batchSize = 64;

export interface OwnPredictionsOptions {
  signal?: AbortSignal | undefined;
  /** Instead of the network's own. */
  statistics?: Statistics | undefined;
}

/**
 * The network's own predictions for images normalised by its statistics or by others, on the chosen backend. Throws CANCELLED.
 */
export async function ownPredictions(
  { recipe, classes, image, tensors }: TrainedNetwork,
  images: LabelledImages,
  { signal, statistics = image }: OwnPredictionsOptions,
): Promise<Predictions> {
  const { mean, std } = statistics;
  const { n, size, labels } = images;
  const model = createModel(recipe, classes.length, 0);
  try {
    applyWeights(model, tensors);
    const logits = new Float32Array(n * classes.length);
    for (let from = 0; from < n; from += batchSize) {
      throwIfCancelled(signal);
      const some = Math.min(batchSize, n - from);
      const pixels = images.pixels(from, from + some);
      const normalised = new Float32Array(pixels.length);
      // Rows of several images are those of one high one, where nothing is transformed.
      renderInto(pixels, size, identityTransform, mean, std, normalised, 0);
      logits.set(forward(model, { images: normalised, n: some }), from * classes.length);
      await setImmediate();
    }
    return { classes: classes.length, n, labels, probabilities: softmax(logits, classes.length) };
  } finally {
    model.dispose();
  }
}
