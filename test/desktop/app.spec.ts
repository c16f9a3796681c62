import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, expect, test, type ElectronApplication, type Page } from '@playwright/test';
import { drawSample, exportInto, openEvaluation, planRun } from '../e2e/support/walk.ts';
import { startRun } from '../e2e/support/wizard.ts';
import { desktopProgram } from './program.ts';

const program = desktopProgram();
const skipped = typeof program === 'string' ? ` (skipped: ${program})` : '';

/** The real program, from its window to the engine and back. */
test.describe.configure({ mode: 'serial' });
test.describe(`the desktop app${skipped}`, () => {
  test.skip(skipped !== '', skipped);
  let home: string;
  let app: ElectronApplication;
  let page: Page;

  test.beforeAll(async () => {
    if (typeof program === 'string') return;
    home = mkdtempSync(path.join(tmpdir(), 'distill-desktop-'));
    app = await _electron.launch({
      executablePath: program.executablePath,
      args: [...program.args, `--user-data-dir=${path.join(home, 'user')}`],
      // Chromium refuses a sandbox to root.
      chromiumSandbox: process.getuid?.() !== 0,
      env: { ...process.env, DISTILL_HOME: path.join(home, 'home') },
    });
    page = await app.firstWindow();
  });
  test.afterAll(async () => {
    if (skipped !== '') return;
    await app.close();
    rmSync(home, { recursive: true, force: true });
  });

  test('paints, and the page has the bridge and no Node', async () => {
    await page.waitForLoadState('domcontentloaded');
    expect(new URL(page.url()).origin).toBe('app://studio');
    const found = await page.evaluate(() => ({
      node: typeof (globalThis as { require?: unknown }).require,
      bridge: typeof (globalThis as { distill?: unknown }).distill,
    }));
    expect(found).toEqual({ node: 'undefined', bridge: 'object' });
    await expect(page.getByTestId('engine-state')).toHaveAttribute('data-state', 'up', { timeout: 60_000 });
  });

  test('leads from the drawn sample to a run, its evaluation and exported files', async () => {
    await drawSample(page);
    await planRun(page);
    const run = await startRun(page, 'From the desktop');
    expect(path.dirname(run).startsWith(home)).toBe(true);
    await openEvaluation(page);
    const out = path.join(home, 'taken home');
    const files = await exportInto(page, out);
    for (const ending of ['student.safetensors', 'predictions-student.csv', 'report.html']) {
      const file = files.find((one) => one.endsWith(ending));
      expect(file, `a file ending in ${ending} among ${files.join(', ')}`).toBeDefined();
      expect(file!.startsWith(out)).toBe(true);
      expect(statSync(file!).size).toBeGreaterThan(0);
    }
  });

  test('quits in order when it is asked to', async () => {
    const ended = new Promise((resolve) => app.process().once('exit', resolve));
    // The answer may be lost with the process.
    await app.evaluate(({ app: electron }) => electron.quit()).catch(() => undefined);
    expect(await ended).toBe(0);
  });
});
