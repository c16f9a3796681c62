import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { distillationPresets, recipeSchema } from '../../../electron/contract/recipe.ts';
import { resource } from '../../../electron/platform/resources.ts';

const files = readdirSync(resource('recipes')).filter((name) => name.endsWith('.json'));

test.each(files)('%s is a recipe, and writing its defaults out changes nothing', (name) => {
  const recipe = recipeSchema.parse(JSON.parse(readFileSync(resource('recipes', name), 'utf8')));
  expect(recipeSchema.parse(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
  expect(`${recipe.name}.json`).toBe(name);
});

test('presets are written out as numbers, which single numbers override', () => {
  const base = JSON.parse(readFileSync(resource('recipes', 'sample.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const parse = (distillation: unknown) => recipeSchema.parse({ ...base, distillation }).distillation;
  expect(parse({ preset: 'seed-2021' })).toEqual(distillationPresets['seed-2021']);
  // 1.4 * 400 * KL at T = 20: the T^2 is in the method's loss.
  expect(parse({ preset: 'seed-2021', temperature: 5 })).toMatchObject({
    temperature: 5,
    distillationWeight: 1.4,
  });
  expect(() => parse({ preset: 'nobody' })).toThrow(/preset/);
});
