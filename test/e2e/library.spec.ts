import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, open, test } from './support/studio.ts';

test('a run is renamed and tagged, found by its tag, and as it was after undo', async ({ studio, page }) => {
  await open(page, studio, '/library');
  const { summary } = await studio.engine.runs.details({ folder: studio.run });
  const row = page.locator(`[data-folder="${studio.run}"]`);
  await row.getByTestId('run-actions').click();
  await page.getByRole('menuitem', { name: 'Name, tags and notes' }).click();
  await page.getByTestId('annotation-name').fill('Für Anna: T = 20');
  await page.getByRole('textbox', { name: 'Tags' }).fill('paper');
  await page.keyboard.press('Enter');
  await page.getByTestId('annotation-save').click();
  await expect(row).toContainText('Für Anna: T = 20');
  await row.getByRole('button', { name: 'paper', exact: true }).click();
  await expect(page.getByTestId('run-row')).toHaveCount(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row).toContainText(summary.name);
  await expect(page.getByTestId('tag-filter')).toHaveCount(0);
  rmSync(path.join(studio.run, 'notes.json'));
});
