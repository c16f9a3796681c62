import type { Recipe } from '../../../electron/contract/recipe.ts';
import { imageOf } from '../../../electron/contract/role-image.ts';
import type { TrainedRole } from './use-training.ts';

/**
 * Everything of a recipe that the curve of a search for a learning rate depends on, as a text. Rates, epochs and a cycled momentum do not
 * belong to it: the search has its own.
 */
export function searchBasis(recipe: Recipe, role: TrainedRole): string {
  const { data, seed, teacher, student, distillation } = recipe;
  const { model, weights, training } = role === 'teacher' && teacher.source === 'train' ? teacher : student;
  const { batchSize, stages, optimizer, schedule, clipNorm, labelSmoothing } = training;
  const momentum = typeof schedule.momentum === 'number' ? schedule.momentum : null;
  const { path, classNames, trainClasses, split, testFraction, augment, unlabelled } = data;
  return JSON.stringify([
    [path, classNames, trainClasses, split, testFraction, imageOf(recipe, role), augment, seed],
    [model, weights, batchSize, stages[0]?.freezeTo, optimizer, momentum, clipNorm, labelSmoothing],
    // A teacher that is still to be trained has no part in the student's search.
    role === 'student' && teacher.source !== 'train' ? [teacher, distillation] : null,
    role === 'student' ? unlabelled : null,
  ]);
}
