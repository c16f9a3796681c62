import { describe, expect, it } from 'vitest';
import { recipeNameSchema } from '../../../../electron/contract/recipe-name.ts';
import { newRecipe } from '../../../../renderer/draft/draft-recipe.ts';
import { isUntouched, nameFor, proposedName, withPreset } from '../../../../renderer/draft/proposal.ts';

const part = (images: number, median: number) => ({ images, tracks: 0, sides: { min: 1, median, max: 999 } });

describe('proposedName', () => {
  it.each([
    ['the sample', 3870, 44, 'gtsrb', 'sample'],
    ['GTSRB', 39_209, 43, 'gtsrb', 'gtsrb-32'],
    ['small images', 39_209, 60, 'csv', 'gtsrb-32'],
    ['few small images', 240, 48, 'class-folders', 'small'],
    ['photographs', 240, 400, 'class-folders', 'photos'],
  ])('proposes small networks for small images: %s', (_, images, median, format, name) => {
    expect(proposedName({ train: part(images, median), format })).toBe(name);
  });
});

describe('isUntouched', () => {
  it("takes dataset, name and classes for nobody's decision about the rest", () => {
    const recipe = newRecipe();
    Object.assign(recipe.data, { path: '/signs', trainClasses: [1, 2] });
    recipe.name = 'mine';
    expect(isUntouched(recipe, [])).toBe(true);
    recipe.student.training.batchSize = 32;
    expect(isUntouched(recipe, [])).toBe(false);
    expect(isUntouched(recipe, [{ name: 'x', title: 'X', recipe }])).toBe(true);
    // As a suggestion a batch size is nobody's decision either.
    expect(isUntouched(recipe, [], false)).toBe(true);
  });
});

describe('withPreset', () => {
  it('keeps the dataset and what was chosen of it', () => {
    const current = newRecipe();
    Object.assign(current.data, { path: '/signs', classNames: '/names.csv', trainClasses: [4, 5] });
    const preset = newRecipe();
    preset.data.image.size = 96;
    preset.data.path = '/elsewhere';
    const { data, name } = withPreset(current, preset);
    expect(data).toMatchObject({
      path: '/signs',
      classNames: '/names.csv',
      trainClasses: [4, 5],
      image: { size: 96 },
    });
    expect(name).toBe(current.name);
  });
});

describe('nameFor', () => {
  it.each([
    ['/data/GTSRB', 'GTSRB'],
    ['C:\\data\\Meine Schilder (neu).zip', 'Meine Schilder (neu)'],
    ['/data/Überholverbot/', 'Überholverbot'],
    ['/data/犬と猫', '犬と猫'],
    ['/data/a\u202eb', 'a b'],
    [null, 'New distillation'],
    ['/uploads/97331754-cf3a-46b0-ab74-0616060f9df5', 'New distillation'],
    ['/data/' + 'x'.repeat(200), 'x'.repeat(80)],
  ])('%s', (path, name) => {
    expect(nameFor(path)).toBe(name);
    expect(recipeNameSchema.safeParse(name).success).toBe(true);
  });
});
