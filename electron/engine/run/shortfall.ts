import type { Recipe } from '../../contract/recipe.ts';
import type { Candidate } from './candidate.ts';

/** In sentences, what a run that was asked to finish lacks of its recipe. */
export function shortfall(recipe: Recipe, candidates: readonly Candidate[]): string[] {
  const ofPair = candidates.filter(({ role }) => role !== 'teacher');
  const sentences = candidates.flatMap(({ finished }) => finished.cutShort ?? []);
  if (recipe.baseline && ofPair.length < 2) {
    sentences.push('The baseline was left out: the run was asked to finish before its training began.');
  } else if (recipe.baseline && ofPair.some(({ finished }) => finished.cutShort !== undefined)) {
    sentences.push(
      'Student and baseline were not both trained to the end, so comparing the two shows little about distillation.',
    );
  }
  return sentences;
}
