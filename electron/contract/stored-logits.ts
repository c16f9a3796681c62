import { needsOf } from './methods.ts';
import type { Recipe } from './recipe.ts';
import { mixes } from './recipe/mixing.ts';

type Parts = Pick<Recipe, 'data' | 'student' | 'distillation'>;

/** Why a student's images are others than the ones for which logits could be stored, in a clause; null: they are not. */
export function whyImagesDiffer({ data, student }: Pick<Parts, 'data' | 'student'>): string | null {
  const { mixing, sampling } = student.training;
  if (mixes(mixing))
    return 'the student learns from mixed images (mixup, CutMix), which are other ones in every training step';
  if (sampling !== 'uniform' && data.augment !== null)
    return 'classes are not sampled uniformly, so that an epoch takes some images several times, each time augmented differently';
  return null;
}

/** Whether teacher logits can be stored for a recipe's student, or its teacher has to compute every batch. */
export const readsStoredLogits = (recipe: Parts): boolean =>
  whyImagesDiffer(recipe) === null &&
  // Only logits are stored, no features.
  recipe.distillation.terms.every((term) => needsOf(term).teacher !== 'stage');
