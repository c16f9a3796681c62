import { expectJudged } from './support/judging.ts';
import { sampleClasses, unseenClasses } from './support/shared.ts';
import { expect, open, test } from './support/studio.ts';

test('a mask changes every figure of the evaluation to what the engine says', async ({ studio, page }) => {
  await open(page, studio, '/evaluation', { folder: studio.run });
  const all = await expectJudged(page, studio, studio.run, {});
  await page.getByTestId('mask-unseen').click();
  const unseen = await expectJudged(page, studio, studio.run, { classes: 'unseen' });
  expect(unseen.n).toBe(8 * unseenClasses.length);
  await page.getByTestId('mask-seen').click();
  const seen = await expectJudged(page, studio, studio.run, { classes: 'seen' });
  expect(seen.n + unseen.n).toBe(all.n);
  expect(seen.models.student!.scores.accuracy).not.toBe(unseen.models.student!.scores.accuracy);
  await page.getByRole('checkbox', { name: 'Inverted' }).click();
  await expectJudged(page, studio, studio.run, { classes: 'unseen' });
  await page.getByRole('checkbox', { name: 'Inverted' }).click();

  await page.getByTestId('mask-all').click();
  await expectJudged(page, studio, studio.run, {});
  await page.getByTestId('mask-choose').click();
  const chosen = sampleClasses[0];
  await page.getByRole('checkbox', { name: new RegExp(`^${chosen} `) }).click();
  await page.keyboard.press('Escape');
  await expectJudged(page, studio, studio.run, {
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

test('classes are sorted by what one clicks', async ({ studio, page }) => {
  await open(page, studio, '/evaluation', { folder: studio.run });
  const table = page.getByTestId('class-table');
  await table.getByRole('button', { name: 'Images' }).click();
  await expect(table.locator('th', { hasText: 'Images' })).toHaveAttribute('aria-sort', 'descending');
  const counts = (await table.locator('tbody tr td:nth-of-type(1)').allInnerTexts()).map(Number);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  expect(counts[0]).toBe(8);
});
