import { describe, expect, it } from 'vitest';
import {
  chooseStudentClasses,
  taughtMode,
  taughtUnseen,
} from '../../../../../renderer/draft/data/taught-classes.ts';
import type { ClassSelection } from '../../../../../renderer/draft/data/class-selection.ts';
import { newRecipe } from '../../../../../renderer/draft/draft-recipe.ts';

function recipeOf(taught: ClassSelection, student: ClassSelection) {
  const recipe = newRecipe();
  recipe.data.trainClasses = student;
  if (recipe.teacher.source === 'train') recipe.teacher.trainClasses = taught;
  return recipe;
}

describe('what the teacher learns', () => {
  it('is found by the lists, in any order', () => {
    expect(taughtMode('all', [0, 1])).toBe('all');
    expect(taughtMode([1, 0], [0, 1])).toBe('same');
    expect(taughtMode([0, 1, 2], [0, 1])).toBe('chosen');
    expect(taughtMode([0, 1], 'all')).toBe('chosen');
  });
  it.each<[ClassSelection, ClassSelection]>([
    ['all', 'all'],
    [
      [0, 1],
      [0, 2],
    ],
    [
      [0, 1, 2],
      [0, 1, 2],
    ],
  ])('follows the student only where it was the same: %j', (taught, after) => {
    const recipe = recipeOf(taught, [0, 1]);
    chooseStudentClasses(recipe, [0, 2]);
    expect(recipe.data.trainClasses).toEqual([0, 2]);
    expect(recipe.teacher).toMatchObject({ trainClasses: after });
  });
  it.each<[ClassSelection, ClassSelection, number]>([
    ['all', 'all', 0],
    ['all', [0, 1], 3],
    [[0, 1], [0, 1], 0],
    [[1, 4, 9], [0, 1], 1],
  ])('counts what it knows beyond the student: %j and %j', (taught, student, count) => {
    expect(taughtUnseen(recipeOf(taught, student), 5)).toBe(count);
  });
});
