import type { TeacherRecipe } from '../../../electron/contract/recipe/teacher.ts';

/** Why the draft's own teacher cannot be asked for its logits, in a sentence; null: it can be. */
export function whyNoLogits(teacher: TeacherRecipe): string | null {
  if (teacher.source === 'train') return 'Your teacher is not trained yet.';
  if (teacher.source === 'ensemble')
    return 'Several teachers have no common logits: their probabilities are averaged at each temperature.';
  if (teacher.path !== '') return null;
  return teacher.source === 'run'
    ? 'No run has been chosen for your teacher yet.'
    : 'No file with your teacher has been chosen yet.';
}
