import { storeToRefs } from 'pinia';
import { computed } from 'vue';
import type { TrainingRecipe } from '../../../electron/contract/recipe/training.ts';
import { useDraft } from '../draft.ts';

export type TrainedRole = 'teacher' | 'student';

/** How one of the two networks is trained; a teacher from elsewhere is not, and gives the student's. */
export function useTraining(role: () => TrainedRole) {
  const { recipe } = storeToRefs(useDraft());
  return computed<TrainingRecipe>(() => {
    const { teacher, student } = recipe.value;
    return role() === 'teacher' && teacher.source === 'train' ? teacher.training : student.training;
  });
}
