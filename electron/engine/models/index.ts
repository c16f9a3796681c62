import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { cifarResnet } from './cifar-resnet.ts';
import { convnext } from './convnext.ts';
import { describeStages } from './describe.ts';
import { dsCnn } from './ds-cnn.ts';
import { efficientnet } from './efficientnet.ts';
import { instantiate } from './instantiate.ts';
import type { Network } from './layers.ts';
import { mobilenetV2 } from './mobilenet-v2.ts';
import { mobilenetV3 } from './mobilenet-v3.ts';
import type { LayerSummary, Model, StageDescription } from './model.ts';
import { resnet } from './resnet.ts';
import { shufflenetV2 } from './shufflenet-v2.ts';
import { squeezenet } from './squeezenet.ts';
import { summarise } from './summary.ts';

/** A new architecture is one line here, and an entry in the contract's table. */
const builders: Record<ModelRecipe['architecture'], (recipe: ModelRecipe, classes: number) => Network> = {
  resnet18: (recipe, classes) => resnet(recipe, 'resnet18', classes),
  resnet34: (recipe, classes) => resnet(recipe, 'resnet34', classes),
  resnet50: (recipe, classes) => resnet(recipe, 'resnet50', classes),
  mobilenet_v2: mobilenetV2,
  mobilenet_v3_small: (recipe, classes) => mobilenetV3(recipe, 'mobilenet_v3_small', classes),
  mobilenet_v3_large: (recipe, classes) => mobilenetV3(recipe, 'mobilenet_v3_large', classes),
  efficientnet_b0: efficientnet,
  shufflenet_v2_x0_5: (recipe, classes) => shufflenetV2(recipe, 'shufflenet_v2_x0_5', classes),
  shufflenet_v2_x1_0: (recipe, classes) => shufflenetV2(recipe, 'shufflenet_v2_x1_0', classes),
  squeezenet1_1: squeezenet,
  convnext_tiny: convnext,
  ds_cnn: dsCnn,
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
export { isModel } from './model.ts';
