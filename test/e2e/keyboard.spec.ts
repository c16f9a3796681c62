import type { Locator, Page } from '@playwright/test';
import { sampleFolder } from './support/shared.ts';
import { expect, open, startStudio, stopStudio, test } from './support/studio.ts';

/** Tab stops on the way to a control; more than any screen has. */
const mostStops = 250;

/** Presses Tab until `target` has the focus, and sees that it shows. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < mostStops; stop++) {
    await page.keyboard.press('Tab');
    const focus = await target.evaluate((element) => ({
      isOn: element === document.activeElement,
      isVisible: element.matches(':focus-visible'),
    }));
    if (!focus.isOn) continue;
    expect(focus.isVisible).toBe(true);
    await expect(target).toBeInViewport();
    return;
  }
  throw new Error(`Tab does not reach ${target.toString()}.`);
}

/** Writes over what is in the field that has the focus. */
async function write(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

test('from the library to a started run, by keyboard alone', async ({ page }) => {
  const studio = await startStudio();
  const field = (path: string) => page.locator(`[data-field="${path}"]`).getByRole('textbox');
  const next = async (step: string) => {
    await tabTo(page, page.getByTestId('wizard-next'));
    await page.keyboard.press('Enter');
    await expect(page.getByTestId(`wizard-${step}`)).toBeVisible();
    // A new step begins at its heading, not at the end of the page before.
    await expect(page.locator('h2').first()).toBeFocused();
  };
  try {
    await open(page, studio, '/library');
    await tabTo(page, page.getByRole('link', { name: 'Skip to the content' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByTestId('start-import'));
    await page.keyboard.press('Enter');

    await tabTo(page, page.getByRole('textbox', { name: 'Dataset', exact: true }));
    await page.keyboard.type(sampleFolder());
    await expect(page.getByTestId('import-report')).toBeVisible({ timeout: 60_000 });
    // Somebody who types goes on typing while the dataset is read.
    await expect(page.getByRole('textbox', { name: 'Dataset', exact: true })).toBeFocused();
    const picker = page.getByTestId('class-picker');
    await tabTo(page, picker.getByRole('button', { name: 'Train on none of the listed classes' }));
    await page.keyboard.press('Space');
    // The list is one stop; the arrows move in it.
    const checkbox = (name: string) =>
      picker.getByRole('checkbox', { name: `Train on ${name}`, exact: true });
    await tabTo(page, checkbox('Speed limit (20 km/h)'));
    await page.keyboard.press('Space');
    for (let row = 0; row < 12; row++) await page.keyboard.press('ArrowDown');
    await expect(checkbox('Priority road')).toBeFocused();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await expect(checkbox('Yield')).toBeFocused();
    await page.keyboard.press('Space');
    await expect(picker.getByRole('status')).toContainText('3 of 43 ticked');
    await tabTo(
      page,
      page
        .locator('[data-field="data.augment.rotate.maxDegrees"], [data-field^="data.augment"]')
        .getByRole('slider')
        .first(),
    );
    await page.keyboard.press('ArrowRight');

    await next('teacher');
    await tabTo(page, page.getByRole('radio', { name: 'Train one here' }));
    // A radio is chosen while the key is down: no person's press is as short as a program's.
    await page.keyboard.press('ArrowRight', { delay: 60 });
    await expect(page.getByRole('radio', { name: 'From an earlier run' })).toBeChecked();
    await page.keyboard.press('ArrowLeft', { delay: 60 });
    await expect(page.getByRole('radio', { name: 'Train one here' })).toBeChecked();
    const architecture = page.locator('[data-field="teacher.model.architecture"]').getByRole('combobox');
    await tabTo(page, architecture);
    await page.keyboard.press('Enter');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.type('CIFAR ResNet-8');
    await page.keyboard.press('Enter');
    await expect(architecture).toContainText('CIFAR ResNet-8');
    await tabTo(page, field('teacher.training.stages[0].epochs'));
    await write(page, '2');
    await page.keyboard.press('ArrowDown');
    await expect(field('teacher.training.stages[0].epochs')).toHaveValue('1');

    await next('student');
    await tabTo(
      page,
      page
        .getByTestId('architecture-cifar_resnet8')
        .locator('input')
        .or(page.locator('input[data-testid="architecture-cifar_resnet8"]')),
    );
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, field('student.model.width'));
    await write(page, '8');

    await next('training');
    const temperature = page
      .getByTestId('temperature-slider')
      .getByRole('slider')
      .or(page.getByRole('slider', { name: 'Temperature' }))
      .first();
    await tabTo(page, temperature);
    await page.keyboard.press('ArrowRight');
    await tabTo(page, field('student.training.stages[0].epochs'));
    await write(page, '1');
    await tabTo(page, page.getByTestId('baseline'));
    await page.keyboard.press('Space');

    await next('review');
    await tabTo(page, page.getByTestId('recipe-name'));
    await write(page, 'By keyboard');
    await tabTo(page, page.getByTestId('start-run').first());
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/run\?/, { timeout: 60_000 });
    const run = new URL(page.url()).searchParams.get('folder')!;
    const { recipe } = await studio.engine.runs.details({ folder: run });
    expect(recipe).toMatchObject({
      name: 'By keyboard',
      data: { trainClasses: [0, 12, 13] },
      baseline: false,
      teacher: { model: { architecture: 'cifar_resnet8' }, training: { stages: [{ epochs: 1 }] } },
      student: { model: { architecture: 'cifar_resnet8', width: 8 } },
    });
    expect(recipe.distillation.terms).not.toMatchObject([{ temperature: 4 }]);
    // P pauses it, and lets it go on.
    await expect(page.getByTestId('run-state')).toHaveAttribute('data-state', 'running', { timeout: 30_000 });
    await page.keyboard.press('p');
    await expect(page.getByTestId('run-interrupted')).toContainText('The run is paused.', {
      timeout: 60_000,
    });
    await page.keyboard.press('p');
    await expect(page.getByTestId('open-evaluation')).toBeVisible({ timeout: 120_000 });
  } finally {
    await stopStudio(studio);
  }
});
