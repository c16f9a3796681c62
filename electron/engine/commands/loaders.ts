import type { AugmentRecipe, Recipe, TrainingRecipe } from '../../contract/recipe.ts';
import { Loader } from '../data/loader.ts';
import type { Pixels } from '../data/pixels.ts';
import type { PreparedData } from './prepared-data.ts';

/** Shuffled, augmented batches to train on. */
export function trainingLoader(
  data: PreparedData,
  recipe: Recipe,
  training: TrainingRecipe,
  seed: number,
  workers: number,
  augmentSeed = seed,
): Loader {
  const { mean, std } = recipe.data.image;
  return new Loader({
    pixels: data.pool,
    indices: data.split.train,
    batchSize: training.batchSize,
    shuffle: true,
    dropLast: true,
    augment: recipe.data.augment,
    mean,
    std,
    seed,
    augmentSeed,
    workers,
  });
}

/** Every image once, in order: as it is, or (for test-time augmentation) augmented, the epoch being the copy's number. */
export function orderedLoader(
  pixels: Pixels,
  indices: readonly number[],
  recipe: Recipe,
  augment: AugmentRecipe | null,
  workers: number,
  seed = recipe.seed,
): Loader {
  const { mean, std } = recipe.data.image;
  return new Loader({
    pixels,
    indices,
    batchSize: recipe.evaluation.batchSize,
    shuffle: false,
    dropLast: false,
    augment,
    mean,
    std,
    seed,
    workers,
  });
}

export const allOf = (pixels: Pixels): number[] => Array.from({ length: pixels.count }, (_, i) => i);

/** The validation images in order; null where nothing is held out. */
export function validationLoader(data: PreparedData, recipe: Recipe, workers: number): Loader | null {
  const { validation } = data.split;
  return validation.length === 0 ? null : orderedLoader(data.pool, validation, recipe, null, workers);
}

/** Runs `work` with loaders that are closed afterwards, however it ends. */
export async function withLoaders<L extends Record<string, Loader | null>, T>(
  loaders: L,
  work: (loaders: L) => Promise<T>,
): Promise<T> {
  try {
    return await work(loaders);
  } finally {
    await Promise.all(Object.values(loaders).map(async (loader) => loader?.close()));
  }
}
