import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import { describe, type LayerDescription } from '../describe.ts';
import { networkOf } from '../index.ts';
import { torchShape } from './layout.ts';

/** Shapes of weights are the same at every image size. */
const anySize = 32;

/** The layers of a network, for what they own. */
export const layersOf = (recipe: ModelRecipe, classes: number): LayerDescription[] =>
  describe(networkOf(recipe, classes), anySize);

/** Names and PyTorch's shapes of the layers' parameters and running statistics, before anything is allocated. */
export const tensorShapes = (layers: readonly LayerDescription[]): Map<string, number[]> =>
  new Map(
    layers.flatMap(({ parameters, buffers }) => [
      ...parameters.map(({ name, kind, shape }) => [name, torchShape(kind, shape)] as const),
      ...buffers.map(({ name, shape }) => [name, shape] as const),
    ]),
  );

/** Names of everything before the classifier. */
export function bodyNames(recipe: ModelRecipe): string[] {
  // The number of classes changes no name.
  const layers = layersOf(recipe, 2);
  const last = layers.at(-1)!.group;
  return [...tensorShapes(layers.filter(({ group }) => group < last)).keys()];
}

/** Names of the tensors of the layer that makes the logits, whose first axis is the classes. */
export const outputNames = (recipe: ModelRecipe): string[] =>
  layersOf(recipe, 2)
    .findLast(({ parameters }) => parameters.length > 0)!
    .parameters.map(({ name }) => name);
