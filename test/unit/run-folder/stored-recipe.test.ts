import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../electron/contract/recipe.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { start, temporaryFolder } from './support.ts';

const input: RecipeInput = {
  version: 2,
  name: 'left out',
  data: { trainClasses: [0, 2] },
  teacher: { source: 'train', model: { architecture: 'cifar_resnet8' } },
  student: { model: { architecture: 'cifar_resnet8' } },
};

/** The recipe of a run whose recipe.json was changed. */
async function reopened(change: (teacher: Record<string, unknown>) => void): Promise<unknown> {
  const run = await RunFolder.create(temporaryFolder(), recipeSchema.parse(input), start());
  await run.setState('interrupted');
  const file = run.path('recipe.json');
  const stored = JSON.parse(readFileSync(file, 'utf8')) as { teacher: Record<string, unknown> };
  change(stored.teacher);
  writeFileSync(file, JSON.stringify(stored));
  return (await RunFolder.open(run.folder)).recipe.teacher;
}

test("a new run's teacher learns all classes, unless others are named", async () => {
  expect(await reopened(() => undefined)).toMatchObject({ trainClasses: 'all' });
  expect(await reopened((teacher) => (teacher['trainClasses'] = [1, 2]))).toMatchObject({
    trainClasses: [1, 2],
  });
});

test("a run from before teachers had classes of their own goes on with the student's", async () => {
  expect(await reopened((teacher) => delete teacher['trainClasses'])).toMatchObject({ trainClasses: [0, 2] });
});
