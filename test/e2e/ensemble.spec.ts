import path from 'node:path';
import { smallRecipe } from './support/recipe.ts';
import { root } from './support/paths.ts';
import { picturesOf } from './support/picture.ts';
import { expectCompleted } from './support/run-screen.ts';
import { sampleFolder } from './support/shared.ts';
import { expect, open, test } from './support/studio.ts';
import { field, next, startRun } from './support/wizard.ts';

test('two runs teach together, each by its weight', async ({ studio, page }) => {
  const recipe = smallRecipe({ name: 'Two teachers', epochs: 1 });
  const data = sampleFolder();
  const { id } = await studio.engine.recipes.saveDraft({
    recipe: { ...recipe, baseline: false, data: { ...recipe.data, path: data } },
    data,
    step: 'teacher',
  });
  const pictures = process.env['DISTILL_SCREENS'] ? path.join(root, 'dist/teachers') : null;
  const take = pictures ? picturesOf(page, pictures, 'ensemble') : () => Promise.resolve();
  await open(page, studio, '/new/teacher', { draft: id });
  await page.getByTestId('teacher-source').getByText('Several teachers').click();
  await take('none');
  for (const name of ['Small run', 'Small run again']) {
    await page.getByTestId('add-teacher-run').click();
    await page.getByRole('option', { name, exact: true }).click();
  }
  const members = page.getByTestId('teacher-members').getByRole('listitem');
  await expect(members).toHaveCount(2);
  await expect(members).toContainText(['50 %', '50 %']);
  await field(page, 'teacher.members[0].weight').fill('3');
  await expect(members).toContainText(['75 %', '25 %']);
  await take('two');

  await next(page, 'student');
  await next(page, 'training');
  await next(page, 'review');
  await expect(page.getByTestId('plain-words')).toContainText(/75 %/);
  await take('review');
  const run = await startRun(page, 'Taught by two');
  await expectCompleted(page, studio, run);
  const { models } = await studio.engine.runs.result({ folder: run });
  expect(models.teacher.architecture).toBe('ensemble');
  await open(page, studio, '/evaluation', { folder: run });
  await expect(page.getByTestId('verdict')).toBeVisible();
  await take('evaluation');
});

test('several temperatures and seeds are tried, and start as a sweep', async ({ studio, page }) => {
  const data = sampleFolder();
  const recipe = smallRecipe({ name: 'Temperatures', epochs: 1 });
  const { id } = await studio.engine.recipes.saveDraft({
    recipe: { ...recipe, baseline: false, data: { ...recipe.data, path: data } },
    data,
    step: 'training',
  });
  const pictures = process.env['DISTILL_SCREENS'] ? path.join(root, 'dist/sweeps') : null;
  const take = pictures ? picturesOf(page, pictures, 'try-several') : () => Promise.resolve();
  await open(page, studio, '/new/training', { draft: id });
  await page.getByRole('button', { name: 'Try several values of Temperature' }).press('Enter');
  const temperatures = page.getByRole('textbox', { name: 'Temperature: values to try' });
  await temperatures.fill('2, 8, x');
  await expect(page.getByText('x: not a number.')).toBeVisible();
  await temperatures.fill('2, 8');
  await take('temperatures');
  await page.getByRole('button', { name: 'Try only one value of Temperature' }).click();
  await expect(temperatures).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(temperatures).toHaveValue('2, 8');

  await next(page, 'review');
  await page.getByRole('button', { name: 'Try several values of Seed' }).click();
  await page.getByRole('textbox', { name: 'Seed: values to try' }).fill('1 2 3');
  await expect(page.getByTestId('sweep-plan')).toContainText(/^\s*6 runs\. About \d+.*on the disk/, {
    timeout: 30_000,
  });
  await take('review');
  await page.getByTestId('start-run').first().click();
  await page.waitForURL(/\/sweep\?/, { timeout: 60_000 });
  const folder = new URL(page.url()).searchParams.get('folder')!;
  const { members } = await studio.engine.sweeps.status({ folder });
  expect(members.map(({ values, seed }) => [values['Temperature'], seed])).toEqual(
    [1, 2, 3].flatMap((seed) => ['2', '8'].map((temperature) => [temperature, seed])),
  );
  await studio.engine.sweeps.stop({ folder });
});
