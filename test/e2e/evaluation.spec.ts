import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { Mask } from '../../electron/contract/mask.ts';
import { chartTable, confusionCells, expectEvaluated, ttaCells } from './support/evaluating.ts';
import { sampleClasses, unseenClasses } from './support/shared.ts';
import { expect, open, test, type Studio } from './support/studio.ts';
import { runAugmentation } from './support/taking-home.ts';

test('a mask changes every figure of the evaluation to what the engine computes', async ({
  studio,
  page,
}) => {
  await open(page, studio, '/evaluation', { folder: studio.run });
  const all = await expectEvaluated(page, studio, studio.run, {});
  await page.getByTestId('mask-unseen').click();
  const unseen = await expectEvaluated(page, studio, studio.run, { classes: 'unseen' });
  expect(unseen.n).toBe(8 * unseenClasses.length);
  await page.getByTestId('mask-seen').click();
  const seen = await expectEvaluated(page, studio, studio.run, { classes: 'seen' });
  expect(seen.n + unseen.n).toBe(all.n);
  expect(seen.models.student!.scores.accuracy).not.toBe(unseen.models.student!.scores.accuracy);
  await page.getByRole('button', { name: 'Invert' }).click();
  await expectEvaluated(page, studio, studio.run, { classes: 'unseen' });
  await expect(page.getByTestId('mask-unseen')).toHaveAttribute('aria-pressed', 'true');

  await page.getByTestId('mask-all').click();
  await expectEvaluated(page, studio, studio.run, {});
  await page.getByTestId('mask-choose').click();
  const chosen = sampleClasses[0];
  await page.getByRole('checkbox', { name: new RegExp(`^${chosen} `) }).click();
  await page.keyboard.press('Escape');
  await expectEvaluated(page, studio, studio.run, {
    classes: all.classes.map(({ id }) => id).filter((id) => id !== chosen),
  });
});

test('a pair of the confusion matrix shows its images', async ({ studio, page }) => {
  await open(page, studio, '/evaluation', { folder: studio.run });
  await page.getByTestId('mask-unseen').click();
  const pair = page.getByTestId('confused-pair').first();
  const count = Number((await pair.locator('span.tabular-nums').innerText()).split('\n')[0]);
  await pair.click();
  const images = page.getByTestId('confused-images').locator('img');
  await expect(images).toHaveCount(count);
  await expect
    .poll(() => images.first().evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await page.keyboard.press('Escape');
  await expect(images).toHaveCount(0);
  await expect(pair).toBeFocused();
});

test('what leaves no class cannot be chosen', async ({ studio, page }) => {
  await open(page, studio, '/evaluation', { folder: studio.run });
  const invert = page.getByRole('button', { name: 'Invert' });
  await expect(invert).toBeDisabled();
  await page.getByTestId('mask-seen').click();
  await expect(invert).toBeEnabled();
});

test('a class of the table opens its images with what each model predicted', async ({ studio, page }) => {
  await open(page, studio, '/evaluation', { folder: studio.run });
  const { total, images } = await studio.engine.runs.classImages({
    folder: studio.run,
    label: sampleClasses[1],
  });
  const row = page.getByTestId('class-row').filter({ hasText: new RegExp(`^\\s*${sampleClasses[1]}\\D`) });
  await row.getByRole('button').click();
  const shown = page.getByTestId('class-image');
  await expect(shown).toHaveCount(total);
  await expect(shown.first()).toContainText(images[0]!.key);
  await expect(shown.first().locator('dd')).toHaveCount(3);
  await page.keyboard.press('Escape');
  await expect(row.getByRole('button')).toBeFocused();
});

test('every cell of the confusion matrix opens by keyboard, and by mouse', async ({ studio, page }) => {
  await open(page, studio, '/evaluation', { folder: studio.run });
  const evaluation = await studio.engine.runs.evaluation({ folder: studio.run, mask: {} });
  const cells = confusionCells(evaluation, 'student');
  const matrix = page.getByRole('application', { name: 'Confusion matrix' });
  const images = page.getByTestId('confused-images').locator('img');
  const spoken = page.getByTestId('confusion-cell');
  await matrix.focus();
  // Row by row: from the first cell to the last of its row, then down to the last row's end.
  await page.keyboard.press('ArrowRight');
  await expect(spoken).toContainText(`${cells[0]!.label} `);
  const rows = new Set(cells.map(({ label }) => label));
  for (let row = 1; row < rows.size; row++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  const last = cells.at(-1)!;
  await expect(spoken).toContainText(`${last.count} image`);
  await page.keyboard.press('Enter');
  await expect(images).toHaveCount(last.count);
  await page.keyboard.press('Escape');
  await expect(images).toHaveCount(0);
  await expect(matrix).toBeFocused();

  const { width, height } = (await matrix.boundingBox())!;
  const { classes, mask } = evaluation;
  // Around the cells: names stand on an axis of up to 15 classes, numbers on a longer one.
  const { left, right, top, bottom } = {
    ...{ left: mask.classes.length > 15 ? 56 : 148, right: 16 },
    ...{ top: 8, bottom: classes.length > 15 ? 48 : 118 },
  };
  const most = cells.toSorted((a, b) => b.count - a.count)[0]!;
  const column = classes.findIndex(({ id }) => id === most.predicted);
  const row = mask.classes.indexOf(most.label);
  await matrix.click({
    position: {
      x: left + ((column + 0.5) / classes.length) * (width - left - right),
      y: top + ((row + 0.5) / mask.classes.length) * (height - top - bottom),
    },
  });
  await expect(page.getByRole('dialog')).toContainText(`${most.label} ${classes[most.label]!.name}`);
  await expect(images).toHaveCount(most.count);
});

/** Waits until the table of test-time augmentation is what the engine computes under a mask. */
async function expectAugmented(
  page: Page,
  { engine }: Studio,
  folder: string,
  mask: Partial<Mask>,
  beta: number | null = null,
) {
  const { tta } = await engine.runs.evaluation({ folder, mask, beta });
  await expect.poll(() => chartTable(page, 'Test-time augmentation')).toEqual(ttaCells(tta));
  return tta;
}

test('test-time augmentation follows the mask and the weight, and a reload', async ({ studio, page }) => {
  const { run: folder, engine } = studio;
  await open(page, studio, '/evaluation', { folder });
  await runAugmentation(page, studio, folder, [0, 2]);
  const all = await expectAugmented(page, studio, folder, {});
  expect(all.map(({ count, beta }) => [count, beta])).toEqual([0, 2, 0, 2, 0, 2].map((n) => [n, 0.25]));

  await page.getByTestId('mask-unseen').click();
  const unseen = await expectAugmented(page, studio, folder, { classes: 'unseen' });
  expect(ttaCells(unseen)).not.toEqual(ttaCells(all));
  // As if it had been measured under this mask.
  const measured = await engine.runs.evaluate({ folder, mask: { classes: 'unseen' }, tta: [0, 2] });
  expect(measured.tta.map((row) => ({ ...row, msPerImage: 0 }))).toEqual(
    unseen.map((row) => ({ ...row, msPerImage: 0 })),
  );

  await page.reload();
  await page.getByTestId('mask-seen').click();
  const seen = await expectAugmented(page, studio, folder, { classes: 'seen' });
  const weight = page.getByRole('slider', { name: 'Weight of the plain image' });
  await weight.focus();
  await page.keyboard.press('End');
  const plain = await expectAugmented(page, studio, folder, { classes: 'seen' }, 1);
  expect(plain[1]!.accuracy).toBe(seen[0]!.accuracy);
  rmSync(path.join(folder, 'tta.safetensors'));
});

test('without a run the page leads to the library', async ({ studio, page }) => {
  await open(page, studio, '/evaluation');
  await expect(page.getByRole('heading', { name: 'No run is open' })).toBeVisible();
  await page.getByRole('link', { name: 'Open the library' }).click();
  await expect(page).toHaveURL(/\/library/);
});

test('what cannot be read is reported once, and no figure is shown', async ({ studio, page }) => {
  await open(page, studio, '/evaluation', { folder: path.join(studio.runs, 'nowhere') });
  await expect(page.getByTestId('error-panel')).toHaveCount(1);
  await expect(page.getByTestId('error-panel')).toContainText('nowhere');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
});

test('classes are sorted by what one clicks', async ({ studio, page }) => {
  await open(page, studio, '/evaluation', { folder: studio.run });
  const table = page.getByTestId('class-table');
  await table.getByRole('button', { name: 'Sort by Images' }).click();
  await expect(table.locator('th', { hasText: 'Images' })).toHaveAttribute('aria-sort', 'descending');
  const counts = (await table.locator('tbody tr td:nth-of-type(1)').allInnerTexts()).map(Number);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  expect(counts[0]).toBe(8);
});
