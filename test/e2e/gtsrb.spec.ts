import { existsSync } from 'node:fs';
import path from 'node:path';
import { expectEvaluated } from './support/evaluating.ts';
import { gtsrbMini } from './support/paths.ts';
import { expectCompleted, shownPoints } from './support/run-screen.ts';
import { expect, startStudio, stopStudio, test } from './support/studio.ts';
import { augmentAtTestTime, exportAll } from './support/taking-home.ts';
import { newDraft, smallNetworks, startRun } from './support/wizard.ts';

test('real images: found through the picker, two classes left unseen, trained live, evaluated under a mask and with test-time augmentation, exported', async ({
  page,
}) => {
  test.skip(
    !existsSync(gtsrbMini),
    `There are no real images in ${gtsrbMini} (GTSRB_DIR names their folder).`,
  );
  const studio = await startStudio();
  try {
    await newDraft(page, studio);
    await page.getByRole('button', { name: 'Browse for Dataset' }).click();
    const picker = page.getByRole('dialog');
    await picker.getByRole('button', { name: path.dirname(gtsrbMini), exact: true }).click();
    await picker.getByRole('button', { name: path.basename(gtsrbMini), exact: true }).click();
    await expect(picker).toContainText(gtsrbMini);
    await picker.getByRole('button', { name: 'Choose this folder' }).click();
    await expect(picker).toHaveCount(0);

    const report = page.getByTestId('import-report');
    await expect(report).toContainText('3,870 images of 129 tracks', { timeout: 120_000 });
    await expect(report).toContainText('1,290 images');
    for (const name of ['Stop', 'No entry'])
      await page.getByRole('checkbox', { name: `Train on ${name}`, exact: true }).click();
    await expect(page.getByTestId('class-picker').getByRole('status')).toContainText('41 of 43');
    await smallNetworks(page, { epochs: 1 });
    await expect(page.getByTestId('plain-words')).toContainText(
      'The student is trained on 41 classes; the other 2 stay unseen',
    );
    const run = await startRun(page, 'Real signs');
    await expect.poll(() => shownPoints(page), { timeout: 90_000 }).toBeGreaterThan(1);
    const before = await shownPoints(page);
    await expect.poll(() => shownPoints(page), { timeout: 60_000 }).toBeGreaterThan(before);
    await expectCompleted(page, studio, run);

    await page.getByTestId('open-evaluation').click();
    const all = await expectEvaluated(page, studio, run, {});
    await page.getByTestId('mask-unseen').click();
    const unseen = await expectEvaluated(page, studio, run, { classes: 'unseen' });
    expect([all.n, unseen.n, unseen.mask.classes]).toEqual([1290, 56, [14, 17]]);
    await augmentAtTestTime(page, studio, run);
    await exportAll(page, studio, run, path.join(studio.home, 'out'));
  } finally {
    await stopStudio(studio);
  }
});
