import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { cifarResnet } from './cifar-resnet.ts';
import { describeStages } from './describe.ts';
import { instantiate } from './instantiate.ts';
import type { Network } from './layers.ts';
import { mobilenetV2 } from './mobilenet-v2.ts';
import type { LayerSummary, Model, StageDescription } from './model.ts';
import { resnet } from './resnet.ts';
import { summarise } from './summary.ts';

/** A new architecture is one line here, and an entry in the contract's table. */
const builders: Record<ModelRecipe['architecture'], (recipe: ModelRecipe, classes: number) => Network> = {
  resnet18: (recipe, classes) => resnet(recipe, 'resnet18', classes),
  resnet34: (recipe, classes) => resnet(recipe, 'resnet34', classes),
  resnet50: (recipe, classes) => resnet(recipe, 'resnet50', classes),
  mobilenet_v2: mobilenetV2,
  cifar_resnet8: (recipe, classes) => cifarResnet(recipe, 1, classes),
  cifar_resnet14: (recipe, classes) => cifarResnet(recipe, 2, classes),
  cifar_resnet20: (recipe, classes) => cifarResnet(recipe, 3, classes),
};

/** The layers of a model, to be run over whatever values (layers.ts). */
export function networkOf(recipe: ModelRecipe, classes: number): Network {
  return builders[recipe.architecture](recipe, classes);
}

/** A fresh model. Equal recipes and seeds give equal weights on every machine. */
export function createModel(recipe: ModelRecipe, classes: number, seed: number): Model {
  return instantiate(networkOf(recipe, classes), recipe, classes, seed);
}

/** The summary table of a model for square images of `size` pixels, before anything is allocated. */
export function previewModel(recipe: ModelRecipe, classes: number, size: number): LayerSummary[] {
  return summarise(networkOf(recipe, classes), size);
}

/** The stages of a model for square images of `size` pixels, before anything is allocated. */
export function previewStages(recipe: ModelRecipe, size: number): StageDescription[] {
  // Stages lie below the head, so that the number of classes is no matter.
  return describeStages(networkOf(recipe, 2), size);
}

export { countMacs, countParameters } from './summary.ts';
export type * from './model.ts';
