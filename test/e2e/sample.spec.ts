import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expectEvaluated } from './support/evaluating.ts';
import { expectCompleted, shownPoints } from './support/run-screen.ts';
import { drawSmallerSample, smallerSample } from './support/smaller-sample.ts';
import { expect, open, startStudio, stopStudio, test, type Studio } from './support/studio.ts';
import { augmentAtTestTime, exportAll, tryImages } from './support/taking-home.ts';
import { drawSample, openEvaluation, planRun } from './support/walk.ts';
import { startRun } from './support/wizard.ts';

/** Everything once, as somebody does it who has only this program. */
test.describe.configure({ mode: 'serial' });
test.describe('on the drawn sample', () => {
  let studio: Studio;
  let page: Page;
  let run: string;
  test.beforeAll(async ({ browser }) => {
    studio = await startStudio();
    page = await browser.newPage();
    await drawSmallerSample(page);
  });
  test.afterAll(async () => {
    await page.close();
    await stopStudio(studio);
  });

  test('the wizard draws the sample, shows what it is, and makes a recipe of it', async () => {
    await open(page, studio, '/library');
    await drawSample(page, smallerSample);
    // Long enough to be looked at while it is at work: the teacher learns all classes.
    await planRun(page, smallerSample, 3);
    await expect(page.getByTestId('cli-command')).toContainText('distill-studio run');
    run = await startRun(page, 'Sample end to end');
  });

  test('the run shows its curves while they grow, and the time left', async () => {
    await expect.poll(() => shownPoints(page), { timeout: 90_000 }).toBeGreaterThan(3);
    const before = await shownPoints(page);
    await expect(page.getByTestId('run-eta')).toContainText(/\d+ (s|min) left|\d+ min \d+ s left/, {
      timeout: 60_000,
    });
    await expect(page.getByTestId('timeline').locator('[aria-current="step"]')).toHaveCount(1);
    await expect.poll(() => shownPoints(page), { timeout: 60_000 }).toBeGreaterThan(before);
    await expectCompleted(page, studio, run);
    await expect(page.getByTestId('timeline').locator('[data-state="done"]')).toHaveCount(6);
  });

  test('the evaluation under a mask is what the engine computes', async () => {
    await openEvaluation(page);
    const all = await expectEvaluated(page, studio, run, {});
    await page.getByTestId('mask-seen').click();
    const seen = await expectEvaluated(page, studio, run, { classes: 'seen' });
    expect([all.n, seen.n]).toEqual([43 * smallerSample.testPerClass, 3 * smallerSample.testPerClass]);
    expect(seen.models.student!.scores.accuracy).not.toBe(all.models.student!.scores.accuracy);
  });

  test('test-time augmentation runs from the page', () => augmentAtTestTime(page, studio, run));

  test('an image that is dropped in is recognised by all models', async () => {
    const folder = path.join(studio.home, 'data/drawn-signs/GTSRB/Final_Test/Images');
    const file = readdirSync(folder).find((name) => name.endsWith('.ppm'))!;
    await tryImages(page, studio, run, [path.join(folder, file)]);
  });

  test('weights, tables and report lie on the disk at the end', () =>
    exportAll(page, studio, run, path.join(studio.home, 'taken home')));

  test('the library has the run with its score', async () => {
    await open(page, studio, '/library');
    const { summary } = await studio.engine.runs.details({ folder: run });
    const row = page.getByRole('row').filter({ hasText: summary.name });
    await expect(row).toContainText(`${(100 * summary.accuracy.student!).toFixed(1)} %`);
  });
});
