import { expect, it } from 'vitest';
import { reactive } from 'vue';
import { ownImageSchema } from '../../../../../electron/contract/recipe/image.ts';
import { newRecipe, restoredRecipe } from '../../../../../renderer/draft/draft-recipe.ts';
import { useTeacherImage } from '../../../../../renderer/draft/models/teacher-image.ts';
import { plainWords } from '../../../../../renderer/draft/review/plain-words.ts';
import { searchBasis } from '../../../../../renderer/draft/training/search-basis.ts';

const alike = ownImageSchema.parse({});

function begun() {
  const recipe = reactive(newRecipe());
  const { teacher } = recipe;
  if (teacher.source !== 'train') throw new Error('A new recipe trains its teacher.');
  return {
    recipe,
    teacher,
    ...useTeacherImage(
      () => recipe,
      () => teacher.image,
    ),
  };
}

it('a teacher sees the images as the student does until something else is chosen, and back', () => {
  const { teacher, resize, statistics, statisticsChoices, sentence } = begun();
  expect([teacher.image, resize.value, statistics.value]).toEqual([alike, 'open', 'open']);
  expect(sentence.value).toMatch(
    /^The teacher's images are normalised by mean 0.485 .* as the student's are\.$/,
  );
  resize.value = 'crop';
  statistics.value = 'half';
  expect(teacher.image).toEqual({ ...alike, resize: 'crop', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
  expect(sentence.value).toContain('prepared twice');
  teacher.image.std = [0.1, 0.2, 0.3];
  expect([statistics.value, 'own' in statisticsChoices.value]).toEqual(['own', true]);
  statistics.value = 'own';
  expect(teacher.image.std).toEqual([0.1, 0.2, 0.3]);
  resize.value = 'open';
  statistics.value = 'open';
  expect(teacher.image).toEqual(alike);
});

it('the size of its images is in the review, in what a search for its rate depends on, and in a draft that is not finished', () => {
  const { recipe, teacher } = begun();
  const before = [searchBasis(recipe, 'teacher'), searchBasis(recipe, 'student')];
  teacher.image.size = 96;
  expect(plainWords(recipe, null).flatMap(({ sentences }) => sentences)).toContain(
    'Every image is stretched to 32 × 32 pixels, for the teacher stretched to 96 × 96 pixels.',
  );
  expect(searchBasis(recipe, 'teacher')).not.toBe(before[0]);
  expect(searchBasis(recipe, 'student')).toBe(before[1]);
  const unfinished = { ...recipe, name: '' };
  expect(restoredRecipe(JSON.parse(JSON.stringify(unfinished))).teacher).toEqual(teacher);
});
