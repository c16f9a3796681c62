import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dropPath } from './support/drop.ts';
import { newcomersDatasets } from './support/newcomer.ts';
import { root } from './support/paths.ts';
import { picturesOf } from './support/picture.ts';
import { expect, startStudio, stopStudio, test } from './support/studio.ts';
import { runToReport, scoresOf, showStep } from './support/whole-run.ts';
import { newDraft } from './support/wizard.ts';

/**
 * From a folder that is dropped to the finished report with every default as it is, and a picture of each step in dist/newcomer.
 * Minutes of training each, so only where it is asked for: DISTILL_NEWCOMER=1 npm run test:e2e -- newcomer
 */
const isWanted = process.env['DISTILL_NEWCOMER'] !== undefined;
const pictures = path.join(root, 'dist/newcomer');
test.describe.configure({ retries: 0 });

for (const [what, make] of Object.entries(newcomersDatasets))
  test(`a newcomer with ${what} gets a student that is no worse than its baseline`, async ({ page }) => {
    test.skip(!isWanted, 'Minutes of training: DISTILL_NEWCOMER=1 runs it.');
    test.setTimeout(60 * 60_000);
    const picture = picturesOf(page, pictures, what.replaceAll(/[^a-z]+/gi, '-'));
    const data = path.join(mkdtempSync(path.join(tmpdir(), 'distill-e2e-newcomer-')), 'My signs');
    await make(data);
    const studio = await startStudio();
    try {
      await newDraft(page, studio);
      await dropPath(page, page.getByTestId('drop-zone'), data);
      await expect(page.getByTestId('split-totals')).toBeVisible({ timeout: 60_000 });
      await picture('data');
      for (const step of ['teacher', 'student', 'training', 'review']) await showStep(page, step, picture);
      const { result, minutes } = await runToReport(page, studio, picture);

      const { models, comparison } = result;
      console.log(`${what}: ${scoresOf(result)}; ${minutes.toFixed(1)} min. ${comparison.sentence}`);
      const isWorse = models.student.test.accuracy < models.baseline!.test.accuracy;
      expect(isWorse && comparison.mcnemarP! < 0.05).toBe(false);
    } finally {
      await stopStudio(studio);
      rmSync(path.dirname(data), { recursive: true, force: true });
    }
  });
