import * as tf from '@tensorflow/tfjs-core';
import type { Latency } from '../../contract/result.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { Role } from '../../contract/run.ts';
import { DistillError, toErrorValue } from '../../contract/errors.ts';
import type { CallContext } from '../../contract/method.ts';
import type { Prediction } from '../../contract/prediction.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { chooseBackend } from '../backend/choose.ts';
import { readImageFile } from '../data/image-file.ts';
import { networkInput } from '../data/network-input.ts';
import { measureLatencies } from '../evaluate/latency.ts';
import { ranked, softmax } from '../evaluate/predictions.ts';
import { latenciesOf, latencyOptions, type TimedNetwork } from '../estimate/measured-latency.ts';
import { isKeptOnnx } from '../inputs/kept-network.ts';
import { readKeptOnnxTeacher } from '../inputs/onnx-teacher.ts';
import { type Classifier, createModel } from '../models/index.ts';
import { applyWeights } from '../models/weights/apply.ts';
import { keptImage } from '../models/weights/metadata.ts';
import { readModelFile } from '../models/weights/save.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';

export interface PredictInput {
  images: string[];
  role: Role;
  runtime: Runtime;
}

function classify(
  model: Classifier,
  classNames: readonly string[],
  pixels: Float32Array,
  size: number,
): Prediction['top5'] {
  const logits = tf.tidy(() =>
    model.forward(tf.tensor4d(pixels, [1, size, size, 3]), { training: false }).logits.dataSync<'float32'>(),
  );
  const classes = classNames.length;
  const predictions = { classes, n: 1, labels: new Int32Array(1), probabilities: softmax(logits, classes) };
  return ranked(predictions, 0, 5).map(({ id, probability }) => ({ id, name: classNames[id]!, probability }));
}

/** A network's latency, measured in turns with the run's other networks. */
async function latencyIn(
  run: RunFolder,
  network: TimedNetwork,
  { role, runtime }: PredictInput,
): Promise<Latency> {
  const others: TimedNetwork[] = [];
  for (const finished of run.finished) {
    if (finished.role === role) continue;
    // Whoever asks for one of them gets its own error.
    const file = await readModelFile(run.weightsFile(finished.role)).catch(() => null);
    if (!file) continue;
    const { size } = keptImage(file.metadata, run.recipe, finished.role);
    others.push({ model: file.recipe, classes: file.classNames.length, size });
  }
  const [latency] = await latenciesOf([network, ...others], runtime);
  return latency!;
}

interface OpenedNetwork {
  model: Classifier;
  classNames: readonly string[];
  /** As it was trained to see them. */
  image: ImageRecipe;
  latencyOf: () => Promise<Latency>;
}

async function openNetwork(run: RunFolder, input: PredictInput): Promise<OpenedNetwork> {
  if (await isKeptOnnx(run, input.role)) {
    const { model, classNames, image } = await readKeptOnnxTeacher(run);
    const latencyOf = async () => (await measureLatencies([{ model, size: image.size }], latencyOptions))[0]!;
    return { model, classNames, image, latencyOf };
  }
  const { recipe, classNames, weights, metadata } = await readModelFile(run.weightsFile(input.role));
  const model = createModel(recipe, classNames.length, 0);
  try {
    applyWeights(model, weights);
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
  const image = keptImage(metadata, run.recipe, input.role);
  const network = { model: recipe, classes: classNames.length, size: image.size };
  return { model, classNames, image, latencyOf: () => latencyIn(run, network, input) };
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
  const { model, classNames, image, latencyOf } = await openNetwork(run, input);
  try {
    const latency = await latencyOf();
    const predictions: Prediction[] = [];
    for (const file of input.images) {
      if (signal.aborted) throw new DistillError('CANCELLED', 'The prediction was cancelled.');
      try {
        const pixels = await networkInput(await readImageFile(file), image);
        const top5 = classify(model, classNames, pixels, image.size);
        predictions.push({ image: file, error: null, latency, top5 });
      } catch (thrown) {
        predictions.push({ image: file, error: toErrorValue(thrown), latency: null, top5: [] });
      }
      progress({ done: predictions.length, total: input.images.length });
    }
    return predictions;
  } finally {
    model.dispose();
  }
}
