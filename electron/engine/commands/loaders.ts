import type { AugmentRecipe, Recipe, TrainingRecipe } from '../../contract/recipe.ts';
import type { Role } from '../../contract/result.ts';
import type { Split } from '../data/dataset.ts';
import { Loader } from '../data/loader.ts';
import type { Pixels } from '../data/pixels.ts';
import type { PreparedData } from './prepared-data.ts';

export interface TrainingLoaderOptions {
  role: Role;
  training: TrainingRecipe;
  seed: number;
  /** Where it is another than that of the order. */
  augmentSeed?: number;
  workers: number;
}

/** The images of one role: a teacher may learn other classes than the student and its baseline. */
const splitOf = ({ split, teacherSplit }: PreparedData, role: Role): Split =>
  role === 'teacher' ? teacherSplit : split;

/** Shuffled, augmented batches to train on. */
export function trainingLoader(
  data: PreparedData,
  recipe: Recipe,
  { role, training, seed, augmentSeed = seed, workers }: TrainingLoaderOptions,
): Loader {
  const { mean, std } = recipe.data.image;
  return new Loader({
    pixels: data.pool,
    indices: splitOf(data, role).train,
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

/** A role's validation images in order; null where nothing is held out. */
export function validationLoader(
  data: PreparedData,
  recipe: Recipe,
  role: Role,
  workers: number,
): Loader | null {
  const { validation } = splitOf(data, role);
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
