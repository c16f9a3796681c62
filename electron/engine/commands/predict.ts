import * as tf from '@tensorflow/tfjs-core';
import type { Role } from '../../contract/result.ts';
import { DistillError, toErrorValue } from '../../contract/errors.ts';
import type { CallContext, Prediction, Runtime } from '../../contract/services.ts';
import { chooseBackend } from '../backend/choose.ts';
import { readImageFile } from '../data/image-file.ts';
import { networkInput } from '../data/network-input.ts';
import { ranked, softmax } from '../evaluate/predictions.ts';
import { median } from '../quantile.ts';
import { createModel, type Model } from '../models/index.ts';
import { applyWeights } from '../models/weights/apply.ts';
import { imageIn } from '../models/weights/metadata.ts';
import { readModelFile } from '../models/weights/save.ts';
import type { RunFolder } from '../runs/run-folder.ts';

export interface PredictInput {
  images: string[];
  role: Role;
  runtime: Runtime;
}

function classify(
  model: Model,
  classNames: readonly string[],
  pixels: Float32Array,
  size: number,
): Prediction['top5'] {
  const logits = tf.tidy(() =>
    model.forward(tf.tensor4d(pixels, [1, size, size, 3]), { training: false }).dataSync<'float32'>(),
  );
  const classes = classNames.length;
  const predictions = { classes, n: 1, labels: new Int32Array(1), probabilities: softmax(logits, classes) };
  return ranked(predictions, 0, 5).map(({ id, probability }) => ({ id, name: classNames[id]!, probability }));
}

/** Passes of one image that are timed, and milliseconds after which no further one begins. */
const [timedPasses, patientMs] = [5, 100];

/** The median of a few passes: a single one of a small network says more about the machine's other work. */
function timed<T>(pass: () => T): { value: T; milliseconds: number } {
  const times: number[] = [];
  const begun = performance.now();
  let value: T;
  do {
    const start = performance.now();
    value = pass();
    times.push(performance.now() - start);
  } while (times.length < timedPasses && performance.now() - begun < patientMs);
  return { value, milliseconds: median(times) };
}

/** The five most probable classes of each image; an image that cannot be read carries its error and stops no other. */
export async function predictImages(
  run: RunFolder,
  input: PredictInput,
  { signal, progress }: CallContext,
): Promise<Prediction[]> {
  await chooseBackend(input.runtime.backend, input.runtime.threads);
  if (!run.finished.some(({ role }) => role === input.role)) {
    throw new DistillError(
      'NOT_FOUND',
      `The run ${run.folder} has no trained ${input.role}.`,
      'Choose another model, or resume the run.',
    );
  }
  const { recipe, classNames, weights, metadata } = await readModelFile(run.weightsFile(input.role));
  const model = createModel(recipe, classNames.length, 0);
  try {
    applyWeights(model, weights);
    // A teacher from elsewhere sees images as it was trained to.
    const image = imageIn(metadata) ?? run.recipe.data.image;
    // The first pass builds the kernels' sessions and would be charged to the first image.
    classify(model, classNames, new Float32Array(image.size ** 2 * 3), image.size);
    const predictions: Prediction[] = [];
    for (const file of input.images) {
      if (signal.aborted) throw new DistillError('CANCELLED', 'The prediction was cancelled.');
      try {
        const pixels = await networkInput(await readImageFile(file), image);
        const { value: top5, milliseconds } = timed(() => classify(model, classNames, pixels, image.size));
        predictions.push({ image: file, error: null, latencyMs: milliseconds, top5 });
      } catch (thrown) {
        predictions.push({ image: file, error: toErrorValue(thrown), latencyMs: 0, top5: [] });
      }
      progress({ done: predictions.length, total: input.images.length });
    }
    return predictions;
  } finally {
    model.dispose();
  }
}
