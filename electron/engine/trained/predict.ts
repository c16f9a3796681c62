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
import { forward } from '../evaluate/predict.ts';
import { ranked, softmax } from '../evaluate/predictions.ts';
import { latenciesOf, latencyOptions, type TimedNetwork } from '../estimate/measured-latency.ts';
import { ensembleIn, readKept } from '../inputs/kept-network.ts';
import { keepsOnnxTeacher, readKeptOnnxTeacher } from '../inputs/onnx-teacher.ts';
import { Ensemble } from '../models/ensemble.ts';
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

/** The last argument: one image as the network sees it, then in the other views of an ensemble. */
function classify(
  model: Classifier,
  classNames: readonly string[],
  [images, ...views]: readonly Float32Array[],
): Prediction['top5'] {
  const logits = forward(model, { images: images!, views, n: 1 });
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
  /** As it was trained to see them; of an ensemble the run's, and those of its members that see others. */
  images: readonly ImageRecipe[];
  latencyOf: () => Promise<Latency>;
}

/** The latency of a network that is not measured in turns with the run's others. */
const latencyAlone =
  (model: Classifier, [image, ...others]: readonly ImageRecipe[]): OpenedNetwork['latencyOf'] =>
  async () => {
    const sized = { model, size: image!.size, views: others.map(({ size }) => size) };
    return (await measureLatencies([sized], latencyOptions))[0]!;
  };

async function openNetwork(run: RunFolder, input: PredictInput): Promise<OpenedNetwork> {
  if (ensembleIn(run, input.role)) {
    const classNames = (await run.dataset())?.classes.map(({ name }) => name) ?? [];
    const { model } = await readKept(run, input.role, classNames);
    const images = [run.recipe.data.image, ...(model instanceof Ensemble ? model.images : [])];
    return { model, classNames, images, latencyOf: latencyAlone(model, images) };
  }
  if (await keepsOnnxTeacher(run, input.role)) {
    const { model, classNames, image } = await readKeptOnnxTeacher(run);
    return { model, classNames, images: [image], latencyOf: latencyAlone(model, [image]) };
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
  return { model, classNames, images: [image], latencyOf: () => latencyIn(run, network, input) };
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
  const { model, classNames, images, latencyOf } = await openNetwork(run, input);
  try {
    const latency = await latencyOf();
    const predictions: Prediction[] = [];
    for (const file of input.images) {
      if (signal.aborted) throw new DistillError('CANCELLED', 'The prediction was cancelled.');
      try {
        const bytes = await readImageFile(file);
        const seen = await Promise.all(images.map((image) => networkInput(bytes, image)));
        const top5 = classify(model, classNames, seen);
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
