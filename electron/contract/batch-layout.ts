import type { Recipe } from './recipe.ts';
import { totalSteps } from './training-steps.ts';

/** How many images of a batch have a label, and how many have none. */
export interface BatchLayout {
  labelled: number;
  unlabelled: number;
}

/** Beyond it the labels would hardly count; seven unlabelled images to one labelled is FixMatch's ratio (Sohn et al., 2020). */
const mostByNumber = 7 / 8;

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
  const share = data.unlabelled.share ?? Math.min(unlabelled / all, mostByNumber);
  const rows = Math.max(1, Math.min(Math.round(share * size), size - 2));
  return { labelled: Math.min(size - rows, labelled), unlabelled: rows };
}

/** Steps of the student's whole training, and of its baseline's; 0 without labelled images. */
export function studentSteps(recipe: Pick<Recipe, 'data' | 'student'>, images: BatchLayout): number {
  if (images.labelled < 1) return 0;
  const { stages } = recipe.student.training;
  return totalSteps(images.labelled, { stages, batchSize: batchLayout(recipe, images).labelled });
}
