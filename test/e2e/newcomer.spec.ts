import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newcomersDatasets } from './support/newcomer.ts';
import { root } from './support/paths.ts';
import { expect, startStudio, stopStudio, test } from './support/studio.ts';
import { newDraft } from './support/wizard.ts';

/**
 * From a dataset to the finished report with every default as it is, and a picture of each step in dist/newcomer. Minutes of
 * training each, so only where it is asked for: DISTILL_NEWCOMER=1 npm run test:e2e -- newcomer
 */
const isWanted = process.env['DISTILL_NEWCOMER'] !== undefined;
const pictures = path.join(root, 'dist/newcomer');

for (const [what, make] of Object.entries(newcomersDatasets))
  test(`a newcomer with ${what} gets a student that is no worse than its baseline`, async ({ page }) => {
    test.skip(!isWanted, 'Minutes of training: DISTILL_NEWCOMER=1 runs it.');
    test.setTimeout(60 * 60_000);
    mkdirSync(pictures, { recursive: true });
    let shot = 0;
    const picture = async (name: string): Promise<void> => {
      const file = `${what.replaceAll(/[^a-z]+/gi, '-')}-${String(++shot).padStart(2, '0')}-${name}.png`;
      await page.screenshot({ path: path.join(pictures, file), fullPage: true });
    };
    const data = path.join(mkdtempSync(path.join(tmpdir(), 'distill-e2e-newcomer-')), 'My signs');
    await make(data);
    const studio = await startStudio();
    try {
      await newDraft(page, studio);
      await page.getByRole('textbox', { name: 'Dataset', exact: true }).fill(data);
      await expect(page.getByTestId('import-report')).toBeVisible({ timeout: 60_000 });
      await picture('data');
      for (const step of ['teacher', 'student', 'training', 'review']) {
        await page.getByTestId('wizard-next').click();
        await expect(page.getByTestId(`wizard-${step}`)).toBeVisible();
        if (step === 'training')
          await expect(page.getByTestId('estimate')).toContainText(/about \d+/, { timeout: 60_000 });
        await picture(step);
      }
      await page.getByTestId('start-run').first().click();
      await page.waitForURL(/\/run\?/, { timeout: 60_000 });
      const run = new URL(page.url()).searchParams.get('folder')!;
      await expect(page.getByTestId('run-eta')).toContainText('left', { timeout: 60_000 });
      await picture('run');
      await expect(page.getByTestId('open-evaluation')).toBeVisible({ timeout: 55 * 60_000 });
      await picture('run-ended');
      await page.getByTestId('open-evaluation').click();
      await expect(page.getByTestId('verdict')).toBeVisible();
      await picture('evaluation');
      await page.goto(`file://${path.join(run, 'report.html')}`);
      await picture('report');

      const { models, comparison } = await studio.engine.runs.result({ folder: run });
      console.log(what, accuracies(models), comparison.sentence);
      const isWorse = models.student.test.accuracy < (models.baseline?.test.accuracy ?? 0);
      expect(isWorse && (comparison.mcnemarP ?? 1) < 0.05).toBe(false);
    } finally {
      await stopStudio(studio);
      rmSync(path.dirname(data), { recursive: true, force: true });
    }
  });

const accuracies = (models: Record<string, { test: { accuracy: number } } | null | undefined>): string =>
  Object.entries(models)
    .map(([role, model]) => `${role} ${((model?.test.accuracy ?? NaN) * 100).toFixed(1)} %`)
    .join(', ');
