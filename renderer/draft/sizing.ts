import { type Ref, shallowRef, watch } from 'vue';
import type { Recipe } from '../../electron/contract/recipe.ts';
import type { TrainingRecipe } from '../../electron/contract/recipe/training.ts';
import { suggestTraining } from '../../electron/contract/suggested-training.ts';
import { lengthOf } from './proposal.ts';

type Trained = 'teacher' | 'student';

/** Images of an epoch of each network's training; null: not known yet. */
export type TrainImages = Record<Trained, number> | null;

/**
 * Keeps batch size and epochs fit for the number of images in an epoch: as long as they are a suggestion, that is, until somebody changes
 * them. A draft that comes back is recognised by having just what would be suggested.
 */
export function useSizing(recipe: Ref<Recipe>, images: Ref<TrainImages>, opening: Ref<number>) {
  /** What was suggested last; null: nothing was, or it is not known. */
  const suggested = shallowRef<Partial<Record<Trained, string>> | null>(null);

  const trainingOf = (role: Trained): TrainingRecipe | null => {
    const { teacher, student } = recipe.value;
    if (role === 'student') return student.training;
    return teacher.source === 'train' ? teacher.training : null;
  };
  const isSuggested = (role: Trained): boolean => {
    const training = trainingOf(role);
    return training !== null && suggested.value?.[role] === lengthOf(training);
  };

  function size(role: Trained, count: number): void {
    const training = trainingOf(role);
    if (training === null || count < 1) return;
    const next = suggestTraining(role, training, count);
    const isKnown = isSuggested(role) || lengthOf(next) === lengthOf(training);
    if (!isKnown) return;
    suggested.value = { ...suggested.value, [role]: lengthOf(next) };
    if (lengthOf(next) !== lengthOf(training)) {
      training.batchSize = next.batchSize;
      training.stages.forEach((stage, i) => (stage.epochs = next.stages[i]!.epochs));
    }
  }
  function sizeAll(): void {
    for (const role of ['teacher', 'student'] as const) if (images.value) size(role, images.value[role]);
  }

  /** What the recipe has now is a suggestion, to be made fit. */
  function begin(): void {
    const lengths = (['teacher', 'student'] as const).map((role) => {
      const training = trainingOf(role);
      return [role, training ? lengthOf(training) : ''] as const;
    });
    suggested.value = Object.fromEntries(lengths);
    sizeAll();
  }

  watch(opening, () => (suggested.value = null));
  watch(images, sizeAll);
  return { begin, isSuggested };
}
