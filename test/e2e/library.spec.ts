import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, open, test, type SharedStudio } from './support/studio.ts';

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

/** As many runs as a year of work leaves; what the list reads of a run, copied. */
function manyRuns({ run, runs }: SharedStudio, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const folder = path.join(runs, `copy-${i}`);
    mkdirSync(folder);
    for (const file of ['run.json', 'recipe.json', 'result.json'])
      copyFileSync(path.join(run, file), path.join(folder, file));
    return folder;
  });
}

/** Milliseconds that the page's main thread computed while something was done; unlike the clock's, whatever else the machine does. */
async function computed(page: Page, work: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const seconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };
  const before = await seconds();
  await work();
  return 1000 * ((await seconds()) - before);
}

test('500 runs show in under a second, sorted as a whole, and all of them are reached by keyboard', async ({
  studio,
  page,
}) => {
  const copies = manyRuns(studio, 500);
  try {
    const total = (await studio.engine.runs.list({ out: studio.runs })).length;
    await open(page, studio, '/settings');
    const rows = page.getByTestId('run-row');
    const spent = await computed(page, async () => {
      await page.getByRole('link', { name: 'Library' }).click();
      await expect(rows).toHaveCount(50);
    });
    console.log(`500 runs: ${spent.toFixed(0)} ms of the page's own time`);
    expect(spent).toBeLessThan(1000);

    // By name, the one that was made with another's teacher comes last of all.
    await page.getByRole('button', { name: 'Run', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('columnheader', { name: 'Run', exact: true })).toHaveAttribute(
      'aria-sort',
      'ascending',
    );
    await page.getByRole('button', { name: 'Last Page' }).focus();
    await page.keyboard.press('Enter');
    await expect(rows).toHaveCount(total % 50 || 50);
    await expect(rows.last()).toHaveAttribute('data-folder', studio.again);
  } finally {
    for (const folder of copies) rmSync(folder, { recursive: true, force: true });
  }
});
