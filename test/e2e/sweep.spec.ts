import { readFileSync } from 'node:fs';
import { answerSweeps, atWork, drawnFolder, drawnSweep } from './support/drawn-sweep.ts';
import { expect, open, test } from './support/studio.ts';

test('a completed sweep is found in the library, looked at by keyboard, saved, reported, and its best run exported', async ({
  studio,
  page,
}) => {
  const { sweep: folder, engine } = studio;
  const table = await engine.sweeps.table({ folder });
  const { members } = await engine.sweeps.status({ folder });
  await open(page, studio, '/library');
  // Other tests of this worker may have drawn sweeps of the same name.
  await page.getByTestId('sweep-row').getByTitle(folder, { exact: true }).click();
  await expect(page.getByTestId('sweep-state')).toHaveAttribute('data-state', 'completed');
  await expect(page.getByTestId('sweep-verdict')).toContainText(table.sentence);
  await expect(page.getByTestId('test-use')).toContainText('Test images were looked at once');

  // The best first; a click on its head turns the order around, and a setting is chosen with the keyboard alone.
  const rows = page.getByTestId('setting-row');
  await expect(rows).toHaveCount(table.settings.length);
  await expect(rows.first()).toContainText('chosen');
  await page.getByRole('button', { name: 'Accuracy', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(rows.last()).toContainText('chosen');
  const other = table.settings.find(({ setting }) => setting !== table.chosen)!;
  const number = rows.getByRole('button', { name: `Show setting ${other.setting + 1}:` });
  await number.focus();
  await page.keyboard.press('Enter');
  await expect(number).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('selected-setting')).toContainText(`seed ${other.best!.seed}`);

  const download = page.waitForEvent('download');
  await page.getByTestId('settings-csv').click();
  const lines = readFileSync(await (await download).path(), 'utf8')
    .trim()
    .split('\n');
  expect(lines).toHaveLength(1 + table.settings.length);
  expect(lines[1]).toContain(String(table.settings[0]!.score!.mean));

  await page.getByTestId('write-report').click();
  await expect(page.getByTestId('open-report')).toBeVisible({ timeout: 60_000 });

  await page.getByTestId('member-row').nth(2).getByRole('link').click();
  await expect(page).toHaveURL((url) => url.searchParams.get('folder') === members[2]!.folder);
  await page.goBack();
  await page.getByTestId('export-best').click();
  const best = table.settings[table.chosen!]!.best!;
  await expect(page).toHaveURL((url) => url.searchParams.get('folder') === best.folder);
  await expect(page.getByTestId('export')).toBeVisible();
});

test('a sweep goes into the trash and comes back', async ({ studio, page }) => {
  await open(page, studio, '/library');
  await page.getByRole('button', { name: 'Move the sweep Temperatures to the trash' }).click();
  await expect(page.getByTestId('sweep-row')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByTestId('sweep-row')).toHaveAttribute('data-folder', studio.sweep);
});

test('a sweep at work shows how far it is and what failed, is stopped and resumed', async ({
  studio,
  page,
}) => {
  const completed = drawnSweep(12);
  let { status, table } = atWork(completed, 0);
  const asked: string[] = [];
  const change = (name: string, state: typeof status.state) => () => {
    asked.push(name);
    status = { ...status, state };
    return name === 'stop' ? null : { folder: drawnFolder };
  };
  await answerSweeps(page, {
    status: () => status,
    table: () => table,
    stop: change('stop', 'stopped'),
    resume: change('resume', 'running'),
  });
  await open(page, studio, '/sweep', { sweep: drawnFolder });
  await expect(page.getByText('No run has completed yet')).toBeVisible();
  await expect(page.getByTestId('sweep-eta')).toContainText('once the first run has completed');
  // Four have completed meanwhile: one failed, two are at work, five wait.
  ({ status, table } = atWork(completed, 4));
  await expect(page.getByTestId('setting-row')).toHaveCount(12);
  await expect(page.getByTestId('sweep-progress')).toContainText(
    '4 of 12 runs completed, 1 failed, 2 at work, 5 to go',
  );
  await expect(page.getByTestId('sweep-eta')).toContainText('About 3 min 30 s left');
  await expect(page.getByTestId('member-row').nth(4)).toContainText(
    'The memory is used up. Choose smaller batches.',
  );
  await page.getByTestId('stop-sweep').click();
  await page.getByTestId('resume-sweep').click();
  await expect(page.getByTestId('stop-sweep')).toBeVisible();
  expect(asked).toEqual(['stop', 'resume']);
});
