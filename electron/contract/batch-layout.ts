import type { Recipe } from './recipe.ts';
import type { UnlabelledRecipe } from './recipe/unlabelled.ts';
import { totalSteps } from './training-steps.ts';

/** How many images of a batch have a label, and how many have none. */
export interface BatchLayout {
  labelled: number;
  unlabelled: number;
}

/** Beyond it the labels would hardly count; seven unlabelled images to one labelled is FixMatch's ratio (Sohn et al., 2020). */
const mostByNumber = 7 / 8;

/** The share of unlabelled images in each batch. */
const shareOf = ({ share }: UnlabelledRecipe, { labelled, unlabelled }: BatchLayout): number =>
  share ?? Math.min(unlabelled / (labelled + unlabelled), mostByNumber);

/**
 * The student's batches: round(share * batchSize) of the images are unlabelled, at least one, and at least two stay labelled where the
 * batch has three or more. `images`: of the student's training. A batch is never larger than all of them together.
 */
export function batchLayout(
  { data, student }: Pick<Recipe, 'data' | 'student'>,
  images: BatchLayout,
): BatchLayout {
  const { labelled, unlabelled } = images;
  const all = labelled + unlabelled;
  const size = Math.min(student.training.batchSize, all);
  if (unlabelled === 0 || data.unlabelled === null)
    return { labelled: Math.min(size, labelled), unlabelled: 0 };
  const rows = Math.max(1, Math.min(Math.round(shareOf(data.unlabelled, images) * size), size - 2));
  return { labelled: Math.min(size - rows, labelled), unlabelled: rows };
}

/** About how many images an epoch of the student's training takes, the unlabelled ones among them. */
export const imagesPerEpoch = ({ data }: Pick<Recipe, 'data'>, images: BatchLayout): number =>
  images.unlabelled === 0 || data.unlabelled === null
    ? images.labelled
    : Math.round(images.labelled / (1 - shareOf(data.unlabelled, images)));

/** Steps of the student's whole training, and of its baseline's; 0 without labelled images. */
export function studentSteps(recipe: Pick<Recipe, 'data' | 'student'>, images: BatchLayout): number {
  if (images.labelled < 1) return 0;
  const { stages } = recipe.student.training;
  return totalSteps(images.labelled, { stages, batchSize: batchLayout(recipe, images).labelled });
}
