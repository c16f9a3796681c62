import { expect, it } from 'vitest';
import { newRecipe } from '../../../../../renderer/draft/draft-recipe.ts';
import { whyNoAnswers } from '../../../../../renderer/draft/training/logits-source.ts';

it('says why a teacher has no answers yet, and nothing where it has some', () => {
  const { model } = newRecipe().student;
  expect(whyNoAnswers(newRecipe().teacher)).toBe('Your teacher is not trained yet.');
  expect(whyNoAnswers({ source: 'run', path: '', role: 'teacher' })).toContain('No run has been chosen');
  expect(whyNoAnswers({ source: 'weights', path: '', model, classes: null })).toMatch(
    /^No file .* has been chosen/,
  );
  expect(whyNoAnswers({ source: 'run', path: '/runs/a', role: 'teacher' })).toBeNull();
  expect(whyNoAnswers({ source: 'weights', path: '/a.pth', model, classes: null })).toBeNull();
});
