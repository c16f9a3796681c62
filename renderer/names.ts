import type { ImageRecipe } from '../electron/contract/recipe/image.ts';
import type { ModelRecipe } from '../electron/contract/recipe/model.ts';
import type { SplitRecipe } from '../electron/contract/recipe/split.ts';

/** What the recipe's words are called where people read them. */

export const stemNames: Record<ModelRecipe['stem'], string> = {
  imagenet: 'Original, for large images',
  small: 'Small: no stride, for small images',
  'small-stride2': 'Small with stride 2: four times cheaper',
};

export const headNames: Record<ModelRecipe['head'], string> = {
  linear: 'One linear layer',
  fastai: "fastai's two layers with dropout",
};

export const resizeNames: Record<ImageRecipe['resize'], string> = {
  squish: 'Squish: the whole image, stretched to a square',
  crop: 'Crop: the middle square',
  pad: 'Pad: the whole image, edges filled',
};

export const splitNames: Record<SplitRecipe['method'], string> = {
  auto: "The dataset's own validation part; otherwise whole tracks drawn by the seed",
  given: "The dataset's own validation part",
  'track-random': 'Whole tracks, drawn by the seed',
  'track-first': 'Whole tracks, the first of each class',
  stratified: 'Single images, drawn by the seed',
  all: 'Nothing: all images are for training',
};
