import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { distillationPresets } from '../../../electron/contract/distillation.ts';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { resource } from '../../../electron/platform/resources.ts';

const files = readdirSync(resource('recipes')).filter((name) => name.endsWith('.json'));

test.each(files)('%s is a recipe, and writing its defaults out changes nothing', (name) => {
  const recipe = recipeSchema.parse(JSON.parse(readFileSync(resource('recipes', name), 'utf8')));
  expect(recipeSchema.parse(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
  expect(`${recipe.name}.json`).toBe(name);
});

test('presets are written out as numbers, which labels or terms beside them replace', () => {
  const base = JSON.parse(readFileSync(resource('recipes', 'sample.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const parse = (distillation: unknown) => recipeSchema.parse({ ...base, distillation }).distillation;
  expect(parse({ preset: 'seed-2021' })).toEqual(distillationPresets['seed-2021']);
  expect(parse({ preset: 'seed-2021', labels: { weight: 0 } })).toEqual({
    ...distillationPresets['seed-2021'],
    labels: { weight: 0 },
  });
  expect(() => parse({ preset: 'nobody' })).toThrow(/preset/);
});
