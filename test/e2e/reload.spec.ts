import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { recipeSchema } from '../../electron/contract/recipe.ts';
import { smallRecipe } from './support/recipe.ts';
import { expectCompleted, showRun, shownPoints, writtenPoints } from './support/run-screen.ts';
import { sampleFolder } from './support/shared.ts';
import { expect, open, test } from './support/studio.ts';

/** The rows of the label loss's table, but the validation's: every point as it is shown. */
async function shownSteps(page: Page): Promise<string[]> {
  const chart = page.getByTestId('chart-label-loss');
  await chart.getByRole('button', { name: 'Show Label loss as a table' }).click();
  const rows = await chart.locator('tbody tr').allInnerTexts();
  await chart.getByRole('button', { name: 'Show Label loss as a chart' }).click();
  return rows.filter((row) => row.includes('training')).map((row) => row.split('\t').join(' '));
}

/** The same as the run's own file has it. */
function writtenSteps(run: string): string[] {
  const lines = readFileSync(path.join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
  return lines
    .map(
      (line) =>
        JSON.parse(line) as {
          type: string;
          role: string;
          epoch: number;
          step: number;
          steps: number;
          labelLoss: number;
        },
    )
    .filter(({ type }) => type === 'step')
    .map(({ role, epoch, step, steps, labelLoss }) => {
      const name = role[0]!.toUpperCase() + role.slice(1);
      return `${name} training ${(epoch - 1) * steps + step} ${Number((epoch - 1 + step / steps).toFixed(4))} ${Number(labelLoss.toPrecision(7))}`;
    });
}

test('a reload in the middle of a run loses no point, and a second window shows the same', async ({
  studio,
  page,
  browser,
}) => {
  const { folder: run } = await studio.engine.runs.start({
    recipe: recipeSchema.parse(smallRecipe({ name: 'Reloaded', epochs: 60 })),
    data: sampleFolder(),
    runtime: { threads: 1 },
    out: studio.runs,
  });
  await showRun(page, studio, run);
  await expect.poll(() => shownPoints(page), { timeout: 60_000 }).toBeGreaterThan(4);
  const before = { points: await shownPoints(page), rows: await shownSteps(page) };

  await page.reload();
  await expect(page.getByTestId('run-progress')).toBeVisible();
  await expect.poll(() => shownPoints(page)).toBeGreaterThanOrEqual(before.points);
  const after = await shownSteps(page);
  expect(after.slice(0, before.rows.length)).toEqual(before.rows);

  const context = await browser.newContext();
  const second = await context.newPage();
  await open(second, studio, '/run', { folder: run });
  await expect.poll(() => shownPoints(second)).toBeGreaterThanOrEqual(before.points);
  // Still at work: what follows came over events, not with the page.
  const { position } = await studio.engine.runs.details({ folder: run });
  expect(position).not.toBeNull();
  await expect.poll(() => shownPoints(second)).toBeGreaterThan(before.points + 2);
  await studio.engine.runs.stop({ folder: run, mode: 'finish' });

  for (const window of [page, second]) {
    await expectCompleted(window, studio, run);
    expect(await shownPoints(window)).toBe(await writtenPoints(studio, run));
    const rows = await shownSteps(window);
    expect(rows.sort()).toEqual(writtenSteps(run).sort());
  }
  await context.close();
  await studio.engine.runs.trash({ folder: run });
});
