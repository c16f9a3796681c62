import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { readRecipe } from '../../../electron/platform/recipe-file.ts';
import { resource } from '../../../electron/platform/resources.ts';

/** The shipped recipes as they were in version 1. */
const folder = path.resolve(import.meta.dirname, '../../fixtures/version-1/recipes');

test.each(readdirSync(folder))('%s of version 1 is read as the one that is shipped now', async (name) => {
  const recipe = await readRecipe(path.join(folder, name));
  expect(recipe).toEqual(await readRecipe(resource('recipes', name)));
  expect(recipe.version).toBe(2);
});

const networks = {
  teacher: { source: 'train', model: { architecture: 'cifar_resnet14' } },
  student: { model: { architecture: 'cifar_resnet8' } },
};
const termsOf = (distillation: unknown) =>
  recipeSchema.parse({ version: 1, name: 'old', ...networks, distillation }).distillation;
const softTarget = (temperature: number, weight: number, labels: number) => ({
  labels: { weight: labels },
  terms: [{ method: 'soft-target', temperature, standardise: false, weight }],
});

// The numbers are those of version 1's presets and defaults.
test.each([
  ['the defaults', undefined, softTarget(4, 0.9, 0.1)],
  ['seed-2021', { preset: 'seed-2021' }, softTarget(20, 1.4, 0.3)],
  ['fasterai', { preset: 'fasterai' }, softTarget(5, 0.5, 0.5)],
  ['hinton', { preset: 'hinton' }, softTarget(4, 0.9, 0.1)],
  ['a preset with a number of its own', { preset: 'hinton', temperature: 2 }, softTarget(2, 0.9, 0.1)],
  [
    'logits, whose temperature meant nothing',
    { method: 'logits', temperature: 7, distillationWeight: 2, labelWeight: 0 },
    { labels: { weight: 0 }, terms: [{ method: 'logits', weight: 2 }] },
  ],
])('%s of version 1 as terms', (_, given, terms) => expect(termsOf(given)).toEqual(terms));

test('version 1 has none of what version 2 brought, and the other way round', () => {
  expect(() => termsOf({ terms: [] })).toThrow(/Unrecognized key/);
  expect(() =>
    recipeSchema.parse({ version: 2, name: 'new', ...networks, distillation: { temperature: 4 } }),
  ).toThrow(/Unrecognized key/);
});
