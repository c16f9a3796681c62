import { DistillError } from '../../../contract/errors.ts';
import type { ImageRecipe } from '../../../contract/recipe/image.ts';
import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import { writeFileAtomic } from '../../../platform/files.ts';
import type { Model } from '../model.ts';
import { toTorch, torchShape } from './layout.ts';
import { readWeightsFile } from './load.ts';
import { classNamesIn, modelIn } from './metadata.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts';
import type { TensorMap } from './tensor-data.ts';

/** A model's state dict: parameters and running statistics in PyTorch's names and layout, complete for strict loading there. */
export function modelWeights(model: Model): Map<string, StoredTensor> {
  const weights = new Map<string, StoredTensor>();
  for (const { name, kind, variable } of model.parameters) {
    const data = toTorch(kind, variable.shape, variable.dataSync<'float32'>());
    weights.set(name, { shape: torchShape(kind, variable.shape), data });
  }
  for (const { name, variable } of model.buffers) {
    weights.set(name, { shape: variable.shape, data: variable.dataSync<'float32'>() });
    if (name.endsWith('.running_var')) {
      const counter = name.replace('running_var', 'num_batches_tracked');
      weights.set(counter, { shape: [], data: new BigInt64Array(1) });
    }
  }
  return weights;
}

/** What a model's file states besides the weights: enough to load it alone. */
export interface ModelMetadata {
  classNames: string[];
  /** How its images are prepared. */
  image?: ImageRecipe;
  /** Further entries of the safetensors metadata. */
  extra?: Record<string, string>;
}

/** A model as safetensors that torchvision loads as it is, with its recipe and class names in the metadata. */
export function encodeModel(model: Model, { classNames, image, extra }: ModelMetadata): Uint8Array {
  const metadata = {
    ...extra,
    ...(image && { image: JSON.stringify(image) }),
    model: JSON.stringify(model.recipe),
    classes: JSON.stringify(classNames),
  };
  return encodeSafetensors(modelWeights(model), metadata);
}

/** Writes `encodeModel`. Atomic. */
export const saveModel = (file: string, model: Model, metadata: ModelMetadata): Promise<void> =>
  writeFileAtomic(file, encodeModel(model, metadata));

export interface ModelFile {
  recipe: ModelRecipe;
  classNames: string[];
  weights: TensorMap;
  metadata: Record<string, string>;
}

/**
 * Reads a file by saveModel. The model is `createModel(recipe, classNames.length, seed)` with `applyWeights`. Throws
 * WEIGHTS_MISMATCH for a safetensors file that does not state which model it is, WEIGHTS_CORRUPT for a broken one.
 */
export async function readModelFile(file: string): Promise<ModelFile> {
  const { tensors, metadata } = decodeSafetensors(await readWeightsFile(file), file);
  const recipe = modelIn(metadata);
  const classNames = classNamesIn(metadata);
  if (!recipe || !classNames) {
    throw new DistillError(
      'WEIGHTS_MISMATCH',
      `The weights file ${file} does not state which model and classes it holds.`,
      'It was not written by this program: name it as weights, with the architecture beside it.',
    );
  }
  return { recipe, classNames, weights: tensors, metadata };
}
