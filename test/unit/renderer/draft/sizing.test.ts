import { nextTick, ref, shallowRef } from 'vue';
import { expect, it } from 'vitest';
import { newRecipe } from '../../../../renderer/draft/draft-recipe.ts';
import { type TrainImages, useSizing } from '../../../../renderer/draft/sizing.ts';

function begun(images: TrainImages) {
  const recipe = ref(newRecipe());
  const count = shallowRef<TrainImages>(images);
  const opening = ref(0);
  const sizing = useSizing(recipe, count, opening);
  sizing.begin();
  return { recipe, count, opening, sizing };
}
const steps = ({ batchSize, stages }: { batchSize: number; stages: { epochs: number }[] }, images: number) =>
  Math.floor(images / batchSize) * stages.reduce((sum, { epochs }) => sum + epochs, 0);

it('three folders of 80 photos are no 16 steps: about 1,500 for the student', () => {
  const { recipe } = begun({ teacher: 154, student: 154 });
  expect(steps(recipe.value.student.training, 154)).toBeGreaterThanOrEqual(1300);
  expect(steps(recipe.value.student.training, 154)).toBeLessThanOrEqual(1700);
});

it('follows the number of images until somebody changes batch or epochs', async () => {
  const { recipe, count, sizing } = begun({ teacher: 154, student: 154 });
  count.value = { teacher: 3000, student: 3000 };
  await nextTick();
  const followed = recipe.value.student.training.batchSize;
  expect(followed).toBeGreaterThan(16);
  recipe.value.student.training.stages[0]!.epochs = 3;
  expect([sizing.isSuggested('student'), sizing.isSuggested('teacher')]).toEqual([false, true]);
  count.value = { teacher: 154, student: 154 };
  await nextTick();
  expect(recipe.value.student.training.stages[0]!.epochs).toBe(3);
  expect(recipe.value.student.training.batchSize).toBe(followed);
});

it('leaves a draft that was opened as it is, where its lengths are no suggestion', async () => {
  const { recipe, count, opening } = begun({ teacher: 154, student: 154 });
  opening.value++;
  recipe.value = newRecipe();
  recipe.value.student.training.stages[0]!.epochs = 7;
  count.value = { teacher: 500, student: 500 };
  await nextTick();
  expect(recipe.value.student.training.stages[0]!.epochs).toBe(7);
});
