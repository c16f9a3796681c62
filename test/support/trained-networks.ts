import { imageSchema, type ImageRecipe } from '../../electron/contract/recipe/image.ts';
import type { ModelRecipe } from '../../electron/contract/recipe/model.ts';
import { type TrainedNetwork, trainedNetwork } from '../../electron/engine/export/trained-network.ts';
import type { Model } from '../../electron/engine/models/index.ts';
import { decodeSafetensors, encodeSafetensors } from '../../electron/engine/models/weights/safetensors.ts';
import { modelWeights } from '../../electron/engine/models/weights/save.ts';
import { trainedLooking } from './small-networks.ts';

/** Names that need care in file formats: quotes, other scripts, numbers, a property of every object. */
export const awkwardNames = ['Stop', 'Zone "30"', 'Überholverbot', '7', '__proto__'];

export const smallImage: ImageRecipe = imageSchema.parse({ size: 32, std: [0.2, 0.25, 0.3] });

/** A small network with what its exports are written from, as if its run's weights had been read. The caller disposes of the model. */
export function smallTrained(
  recipe: ModelRecipe,
  image: ImageRecipe = smallImage,
): { model: Model; network: TrainedNetwork } {
  const model = trainedLooking(recipe, awkwardNames.length);
  const { tensors } = decodeSafetensors(encodeSafetensors(modelWeights(model)), 'the test');
  const network = trainedNetwork({ recipe, classNames: awkwardNames, weights: tensors, metadata: {} }, image);
  return { model, network };
}
