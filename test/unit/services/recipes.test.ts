import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { recipesHandlers } from '../../../electron/engine/services/recipes.ts';
import { recipe, temporaryFolder } from '../run-folder/support.ts';
import { context } from '../run-folder/kept-runs.ts';
import { workers } from '../../support/runs-service.ts';

const recipes = recipesHandlers(workers);

test('a checked recipe has its defaults', async () => {
  const given = {
    version: 2,
    name: 'short',
    teacher: { source: 'train', model: { architecture: 'resnet34' } },
    student: { model: { architecture: 'resnet18' } },
    distillation: { preset: 'hinton' },
  };
  const { recipe: checked } = await recipes.check({ recipe: given }, context);
  expect(checked.distillation.terms).toEqual([
    { method: 'soft-target', temperature: 4, standardise: false, weight: 0.9 },
  ]);
  expect(checked.student.training.stages).toHaveLength(1);
  expect((await recipes.check({ recipe: checked }, context)).recipe).toEqual(checked);
});

test('each fault is named in a clause of its own', async () => {
  const wrong = { ...recipe(), seed: -1, baselin: true, student: { model: { architecture: 'resnet81' } } };
  const error = await recipes.check({ recipe: wrong }, context).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'RECIPE_INVALID', hint: expect.stringMatching(/\w/) as string });
  const { message } = error as Error;
  expect(message).toContain('in 3 places');
  expect(message).toContain('seed: expected at least 0, got -1');
  expect(message).toContain('baselin: unknown key; did you mean "baseline"?');
  expect(message).toContain('student.model.architecture');
  await expect(recipes.check({ recipe: undefined }, context)).rejects.toMatchObject({
    code: 'RECIPE_INVALID',
  });
});

test.each([
  [
    { labelWeight: 0, distillationWeight: 0 },
    'distillation.labelWeight: one of the two weights must be more than 0',
  ],
  // 0 once it is a float32.
  [{ labelWeight: 1e-50, distillationWeight: 0 }, 'distillation.labelWeight: one of the two weights'],
  [{ labelWeight: 1e39 }, 'distillation.labelWeight: expected at most 1000000'],
  [{ temperature: 1e-30 }, 'distillation.temperature: expected at least 0.1, got 1e-30'],
  [{ temperature: 0.05 }, 'distillation.temperature: expected at least 0.1'],
])('a loss of which nothing is left in float32 is refused: %o', async (distillation, clause) => {
  await expect(recipes.check({ recipe: { ...recipe(), version: 1, distillation } }, context)).rejects.toThrow(
    clause,
  );
});

test('the lowest temperature leaves the second of two classes whose logits lie 10 apart, half of it nothing', () => {
  const second = (temperature: number) => Math.exp(-10 / temperature);
  // In float64: where ONNX Runtime computed in the same thread, it left the processor flushing small numbers of float32 to zero.
  const smallest = 2 ** -149;
  expect(second(0.1)).toBeGreaterThan(smallest);
  expect(second(0.05)).toBeLessThan(smallest / 2);
  expect(
    recipeSchema.parse({ ...recipe(), version: 1, distillation: { temperature: 0.1 } }).distillation.terms,
  ).toMatchObject([{ temperature: 0.1 }]);
});

test('what is written can be read; relative paths are the file’s', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'my.json');
  const one = recipeSchema.parse({ ...recipe(), data: { path: '../signs', classNames: '/names.csv' } });
  expect(await recipes.write({ recipe: one, file }, context)).toEqual({ file });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(one);
  const back = await recipes.read({ file }, context);
  expect(back.path).toBe(file);
  expect(back.recipe).toEqual({
    ...one,
    data: { ...one.data, path: path.resolve(folder, '../signs'), classNames: path.resolve('/names.csv') },
  });
  await expect(
    recipes.write({ recipe: one, file: path.join(folder, 'no', 'my.json') }, context),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  writeFileSync(file, '{"version": 1,,}');
  await expect(recipes.read({ file }, context)).rejects.toMatchObject({
    code: 'RECIPE_INVALID',
    message: expect.stringContaining('line 1, column 15') as string,
  });
});

test('every shipped recipe is offered, each with a title of its own', async () => {
  const presets = await recipes.presets({}, context);
  expect(presets.map(({ name }) => name)).toEqual([
    'small',
    'photos',
    'gtsrb-32',
    'gtsrb-notebook',
    'sample',
  ]);
  expect(new Set(presets.map(({ title }) => title)).size).toBe(presets.length);
  for (const { recipe: one } of presets) expect(recipeSchema.parse(one)).toEqual(one);
});
