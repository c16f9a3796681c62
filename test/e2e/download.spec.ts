import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { recipeSchema } from '../../electron/contract/recipe.ts';
import { openZip } from '../../electron/engine/data/source/zip.ts';
import { smallRecipe } from './support/recipe.ts';
import { showRun } from './support/run-screen.ts';
import { sampleFolder } from './support/shared.ts';
import { expect, open, test } from './support/studio.ts';

/** A folder that the server neither shows nor serves. */
const outside = ['/var/tmp', '/usr/local'].find((folder) => existsSync(folder)) ?? path.resolve('..');

/** What a click lets the browser save. */
async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; file: string }> {
  const download = page.waitForEvent('download');
  await click();
  const got = await download;
  return { name: got.suggestedFilename(), file: await got.path() };
}

test('what was exported on the server comes to the person, one by one and as a zip', async ({
  studio,
  page,
}) => {
  const out = mkdtempSync(path.join(outside, 'distill-e2e-'));
  try {
    await open(page, studio, '/export', { folder: studio.run });
    await page.getByRole('textbox', { name: 'Folder to export into' }).fill(out);
    await page.getByTestId('export').click();
    const written = page.getByTestId('exported');
    const links = written.locator('li a[title]');
    await expect(links.first()).toBeVisible({ timeout: 60_000 });
    const files = await links.evaluateAll((all) => all.map((link) => link.getAttribute('title')!));
    expect(files.every((file) => file.startsWith(out))).toBe(true);

    const [index, weights] = [...files.entries()].find(([, file]) => file.endsWith('student.safetensors'))!;
    const one = await saved(page, () => links.nth(index).click());
    expect(one.name).toBe(path.basename(weights));
    expect(readFileSync(one.file).equals(readFileSync(weights))).toBe(true);

    const all = await saved(page, () => written.getByTestId('download-all').click());
    expect(all.name).toBe(`${path.basename(studio.run)}.zip`);
    const zip = await openZip(all.file);
    expect([...zip.keys].sort()).toEqual(files.map((file) => path.relative(out, file)).sort());
    for (const key of zip.keys)
      expect(Buffer.from(await zip.read(key)).equals(readFileSync(path.join(out, key))), key).toBe(true);
    await zip.close();
    await expect(page.getByTestId('engine-state')).toHaveAttribute('data-state', 'up');

    // The neighbours of what was written stay where they are.
    writeFileSync(path.join(out, 'diary.txt'), 'secret');
    const query = new URLSearchParams({ path: path.join(out, 'diary.txt') });
    const headers = { authorization: `Bearer ${studio.token}` };
    expect((await page.request.get(`${studio.origin}/api/file?${query}`, { headers })).status()).toBe(403);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

test('the diagnostics bundle is made by the address that the menu goes to, and saved', async ({
  studio,
  page,
}) => {
  await open(page, studio, '/settings');
  await expect(page.getByTestId('diagnostics')).toBeVisible();
  await page.evaluate(() => (location.hash = '#diagnostics'));
  const link = page.getByRole('link', { name: /distill-diagnostics-.*\.zip/ });
  await expect(link).toBeVisible({ timeout: 30_000 });
  const { name, file } = await saved(page, () => link.click());
  expect(name).toMatch(/^distill-diagnostics-.*\.zip$/);
  const zip = await openZip(file);
  expect(zip.keys).toContain('doctor.json');
  await zip.close();
});

test("a recipe's file leads to the wizard, a bad one to what is wrong with it", async ({ studio, page }) => {
  const good = path.join(studio.home, 'good.distill');
  const bad = path.join(studio.home, 'bad.distill');
  const recipe = recipeSchema.parse(smallRecipe({ name: 'From a file' }));
  writeFileSync(good, JSON.stringify(recipe));
  writeFileSync(
    bad,
    JSON.stringify({ ...recipe, student: { ...recipe.student, model: { architecture: 'vgg' } } }),
  );
  await open(page, studio, '/new', { open: bad });
  const panel = page.getByTestId('error-panel');
  await expect(panel).toContainText('bad.distill');
  await expect(panel.locator('code')).toHaveText('RECIPE_INVALID');
  await open(page, studio, '/new', { open: path.join(studio.home, 'gone.distill') });
  await expect(panel.locator('code')).toHaveText('NOT_FOUND');
  await open(page, studio, '/new', { open: good });
  await expect(page.getByText('From a file').first()).toBeVisible();
  await expect(panel).toHaveCount(0);
});

test('permission for notifications is asked for by a click, and the end of a run is shown to a user who looks elsewhere', async ({
  studio,
  page,
}) => {
  await page.addInitScript(() => {
    const shown: string[] = [];
    class FakeNotification extends EventTarget {
      static permission = 'default';
      static requestPermission(): Promise<string> {
        shown.push('asked');
        FakeNotification.permission = 'granted';
        return Promise.resolve('granted');
      }
      constructor(title: string) {
        super();
        shown.push(title);
      }
    }
    Object.assign(window, { Notification: FakeNotification, shown });
  });
  const shown = () => page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  const { engine, runs } = studio;
  const { folder } = await engine.runs.start({
    recipe: recipeSchema.parse(smallRecipe({ name: 'Noticed', epochs: 60 })),
    data: sampleFolder(),
    runtime: { threads: 1 },
    out: runs,
  });
  await engine.runs.stop({ folder, mode: 'pause' });
  await engine.runs.wait({ folder });
  await showRun(page, studio, folder);
  expect(await shown()).toEqual([]);
  await page.getByTestId('resume-run').click();
  await expect(page.getByTestId('run-state')).toHaveAttribute('data-state', 'running');
  expect(await shown()).toEqual(['asked']);

  await page.evaluate(() => (document.hasFocus = () => false));
  await engine.runs.stop({ folder, mode: 'finish' });
  await expect.poll(shown, { timeout: 60_000 }).toEqual(['asked', 'Noticed is done']);
  await engine.runs.trash({ folder });
});
