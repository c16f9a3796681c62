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
