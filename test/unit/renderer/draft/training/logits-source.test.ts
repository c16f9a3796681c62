import { expect, it } from 'vitest';
import { newRecipe } from '../../../../../renderer/draft/draft-recipe.ts';
import { whyNoLogits } from '../../../../../renderer/draft/training/logits-source.ts';

it('gives the reason why a teacher has no logits yet, and nothing where it has some', () => {
  const { model } = newRecipe().student;
  expect(whyNoLogits(newRecipe().teacher)).toBe('Your teacher is not trained yet.');
  expect(whyNoLogits({ source: 'run', path: '', role: 'teacher' })).toContain('No run has been chosen');
  expect(
    whyNoLogits({
      source: 'weights',
      path: '',
      model,
      image: { size: null, resize: null, mean: null, std: null },
      classes: null,
    }),
  ).toMatch(/^No file .* has been chosen/);
  expect(whyNoLogits({ source: 'run', path: '/runs/a', role: 'teacher' })).toBeNull();
  expect(
    whyNoLogits({
      source: 'weights',
      path: '/a.pth',
      model,
      image: { size: null, resize: null, mean: null, std: null },
      classes: null,
    }),
  ).toBeNull();
});
