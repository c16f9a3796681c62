import type { Page } from '@playwright/test';
import { expect, open, type Studio } from './studio.ts';

/** A field of the recipe, e.g. `student.model.width`. */
export const field = (page: Page, path: string) =>
  page.locator(`[data-field="${path}"]`).getByRole('textbox');

/** Chooses in a select of the recipe, e.g. `student.model.head`. */
export async function chooseIn(page: Page, path: string, option: RegExp): Promise<void> {
  await page.locator(`[data-field="${path}"]`).getByRole('combobox').click();
  await page.getByRole('option', { name: option }).click();
}

/** Goes on to the next step by its button. */
export async function next(page: Page, step: string): Promise<void> {
  await page.getByTestId('wizard-next').click();
  await expect(page.getByTestId(`wizard-${step}`)).toBeVisible();
}

/** Leaves only some classes ticked. */
export async function trainOn(page: Page, classes: readonly number[]): Promise<void> {
  const picker = page.getByTestId('class-picker');
  await picker.getByRole('button', { name: 'Train on none of the listed classes' }).click();
  const rows = picker.getByRole('listitem');
  for (const id of classes)
    await rows
      .filter({ has: page.locator(`button > span:first-child:text-is("${id}")`) })
      .getByRole('checkbox')
      .click();
  await expect(picker.getByRole('status')).toContainText(`${classes.length} of `);
}

/** Images, networks and schedules of the shortest run that makes sense, from the step Data to the step Review. */
export async function smallNetworks(page: Page, { epochs }: { epochs: number }): Promise<void> {
  await field(page, 'data.image.size').fill('32');
  await next(page, 'teacher');
  await chooseIn(page, 'teacher.model.architecture', /CIFAR ResNet-8/);
  await field(page, 'teacher.model.width').fill('16');
  await field(page, 'teacher.training.stages[0].epochs').fill(String(epochs));
  await field(page, 'teacher.training.batchSize').fill('32');
  await expect(page.getByTestId('model-figures')).toContainText(/Parameters\s*[\d.]+K/);

  await next(page, 'student');
  await page.getByTestId('architecture-cifar_resnet8').click();
  await field(page, 'student.model.width').fill('8');

  await next(page, 'training');
  await field(page, 'student.training.stages[0].epochs').fill(String(epochs));
  await field(page, 'student.training.batchSize').fill('32');
  await expect(page.getByTestId('estimate')).toContainText(/about \d+/, { timeout: 30_000 });

  await next(page, 'review');
}

/** Starts the run that is reviewed; gives its folder. */
export async function startRun(page: Page, name: string): Promise<string> {
  await page
    .getByTestId('recipe-name')
    .and(page.locator('input'))
    .or(page.getByTestId('recipe-name').locator('input'))
    .fill(name);
  await expect(page.getByTestId('issues')).toHaveCount(0);
  await page.getByTestId('start-run').first().click();
  await page.waitForURL(/\/run\?/, { timeout: 60_000 });
  return new URL(page.url()).searchParams.get('folder')!;
}

/** Begins a draft in the wizard; nothing of an earlier one is left. */
export async function newDraft(page: Page, studio: Studio): Promise<void> {
  await open(page, studio, '/new', { fresh: '1' });
  await expect(page.getByTestId('wizard-data')).toBeVisible();
}
