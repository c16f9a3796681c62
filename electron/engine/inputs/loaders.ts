import { type BatchLayout, batchLayout } from '../../contract/batch-layout.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { AugmentRecipe } from '../../contract/recipe/augmentation.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import type { Role } from '../../contract/run.ts';
import type { Split } from '../data/dataset.ts';
import { type ImageView, Loader } from '../data/loader.ts';
import type { Pixels } from '../data/pixels.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import type { TeacherView } from './teacher-view.ts';

/** What a loader renders of images as a teacher sees them. */
export function imageView(pixels: Pixels, { data }: Recipe): ImageView {
  const { mean, std } = data.image;
  return { pixels, mean, std };
}

/** What a loader renders beside the student's images, where teachers see others. */
const teachersPools = (views: readonly TeacherView[]): ImageView[] =>
  views.map(({ recipe, data }) => imageView(data.pool, recipe));

export interface TrainingLoaderOptions {
  role: Role;
  training: TrainingRecipe;
  seed: number;
  /** Where it is another than that of the order. */
  augmentSeed?: number;
  workers: number;
  /** How teachers see the images that the student learns from, where they see others than the student. */
  views?: readonly TeacherView[];
}

/** The images of one role: a teacher may learn other classes than the student and its baseline. */
export const splitOf = (
  { split, teacherSplit }: Pick<PreparedData, 'split' | 'teacherSplit'>,
  role: Role,
): Split => (role === 'teacher' ? teacherSplit : split);

/** Of the student's batches; null where it has no images without labels. */
export function mixedLayout(
  { split, unlabelled }: Pick<PreparedData, 'split' | 'unlabelled'>,
  recipe: Recipe,
): BatchLayout | null {
  if (unlabelled.length === 0) return null;
  return batchLayout(recipe, { labelled: split.train.length, unlabelled: unlabelled.length });
}

/**
 * Shuffled, augmented batches to train on. With images without labels the baseline's batches are the labelled images of the
 * student's: it sees the same ones in the same order and takes as many steps.
 */
export function trainingLoader(
  data: PreparedData,
  recipe: Recipe,
  { role, training, seed, augmentSeed = seed, workers, views = [] }: TrainingLoaderOptions,
): Loader {
  const { mean, std } = recipe.data.image;
  const layout = role === 'teacher' ? null : mixedLayout(data, recipe);
  return new Loader({
    pixels: data.pool,
    views: teachersPools(views),
    indices: splitOf(data, role).train,
    batchSize: layout?.labelled ?? training.batchSize,
    unlabelled:
      layout && role === 'student' ? { indices: data.unlabelled, perBatch: layout.unlabelled } : null,
    shuffle: true,
    sampling: training.sampling,
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
  { seed = recipe.seed, views = [] }: { seed?: number; views?: readonly ImageView[] } = {},
): Loader {
  const { mean, std } = recipe.data.image;
  return new Loader({
    pixels,
    views,
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
  views: readonly TeacherView[] = [],
): Loader | null {
  const { validation } = splitOf(data, role);
  if (validation.length === 0) return null;
  return orderedLoader(data.pool, validation, recipe, null, workers, {
    views: teachersPools(views),
  });
}

/** More of them hardly change a class's mean probability. */
const mostUnlabelled = 10_000;

/**
 * Images without labels, by which the biases of models are corrected (evaluate/unseen.ts): up to 10,000, evenly taken. null where
 * there are none, or where the student was trained on every class.
 */
export function unlabelledLoader(
  { pool, unlabelled, classes }: Pick<PreparedData, 'pool' | 'unlabelled' | 'classes'>,
  recipe: Recipe,
  workers: number,
  views: readonly ImageView[] = [],
): Loader | null {
  if (unlabelled.length === 0 || classes.every(({ seen }) => seen)) return null;
  const n = Math.min(unlabelled.length, mostUnlabelled);
  const chosen = Array.from({ length: n }, (_, i) => unlabelled[Math.floor((i * unlabelled.length) / n)]!);
  return orderedLoader(pool, chosen, recipe, null, workers, { views });
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
