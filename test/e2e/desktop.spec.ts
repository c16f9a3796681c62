import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { MenuAction } from '../../electron/contract/desktop.ts';
import { socketProtocol, tokenProtocol } from '../../electron/contract/host.ts';
import { recipeSchema } from '../../electron/contract/recipe.ts';
import { smallRecipe } from './support/recipe.ts';
import { expect, open, test, type Studio } from './support/studio.ts';

/** What the page asked of the main process. */
type Asked = [call: string, input: unknown][];

/** Makes the page a desktop window: the preload's bridge, whose port leads to the studio's engine and which notes what it is asked. */
async function asDesktop(
  page: Page,
  { token }: Studio,
  { picked, report }: { picked: string; report: string },
): Promise<void> {
  await page.addInitScript(
    (values) => {
      const asked: [string, unknown][] = [];
      const note = (call: string, value?: unknown) => (input: unknown) => {
        // As the real one: what cannot be cloned does not arrive.
        asked.push([call, structuredClone(input)]);
        return Promise.resolve({ value });
      };
      const distill = {
        platform: 'linux',
        requestPort() {
          const { port1, port2 } = new MessageChannel();
          const socket = new WebSocket(
            `${location.origin.replace('http', 'ws')}/api/engine`,
            values.protocols,
          );
          socket.addEventListener('message', ({ data }) => port1.postMessage(JSON.parse(data as string)));
          const opened = new Promise((resolve) => socket.addEventListener('open', resolve));
          port1.onmessage = ({ data }) => void opened.then(() => socket.send(JSON.stringify(data)));
          window.postMessage('distill:engine-port', location.origin, [port2]);
        },
        onEngine(listener: (status: object) => void) {
          listener({ state: 'up', error: null });
          return () => undefined;
        },
        onMenu(listener: (action: string) => void) {
          Object.assign(window, { menu: listener });
          return () => undefined;
        },
        pick: note('pick', values.picked),
        reveal: note('reveal'),
        openReport: note('openReport'),
        printReport: note('printReport', values.report),
        showRun: () => undefined,
        setTheme: () => undefined,
      };
      Object.assign(window, { distill, asked });
    },
    { picked, report, protocols: [socketProtocol, tokenProtocol(token)] },
  );
}

const ask = (page: Page, action: MenuAction): Promise<void> =>
  page.evaluate(
    (name) => (window as unknown as { menu: (action: string) => void }).menu(name),
    action as string,
  );
const asked = (page: Page): Promise<Asked> =>
  page.evaluate(() => (window as unknown as { asked: Asked }).asked);

test("the native menu's wishes are done in the window", async ({ studio, page }) => {
  const picked = path.join(studio.home, 'picked.distill');
  writeFileSync(picked, JSON.stringify(recipeSchema.parse(smallRecipe({ name: 'Picked' }))));
  await asDesktop(page, studio, { picked, report: '' });
  await open(page, studio, '/library');

  await ask(page, 'shortcuts');
  await expect(page.getByTestId('shortcut-list')).toBeInViewport();
  await page.keyboard.press('Escape');

  await ask(page, 'about');
  await expect(page.getByRole('heading', { name: 'About' })).toBeInViewport();
  await expect(page.getByText('in its own window')).toBeVisible();

  await ask(page, 'theme-dark');
  await expect(page.locator('html')).toHaveClass(/dark/);
  await expect.poll(async () => (await studio.engine.system.settings({})).theme).toBe('dark');
  await ask(page, 'theme-system');
  await expect.poll(async () => (await studio.engine.system.settings({})).theme).toBe('system');

  await ask(page, 'diagnostics');
  const bundle = page.getByRole('link', { name: /distill-diagnostics-.*\.zip/ });
  await expect(bundle).toBeVisible({ timeout: 30_000 });
  const file = await bundle.innerText();
  expect(readFileSync(file).subarray(0, 2).toString('latin1')).toBe('PK');
  await expect.poll(() => asked(page)).toContainEqual(['reveal', file]);

  await ask(page, 'open-recipe');
  await expect(page.getByText('Picked').first()).toBeVisible();
  expect(await asked(page)).toContainEqual(['pick', expect.objectContaining({ kind: 'file' })]);
  await ask(page, 'library');
  await expect(page.getByTestId('library')).toBeVisible();
  await ask(page, `open:${picked}`);
  await expect(page.getByTestId('wizard-data')).toBeVisible();
});

test('in its own window a report is opened and printed by the program', async ({ studio, page }) => {
  const report = path.join(studio.run, 'exports', 'report.pdf');
  await asDesktop(page, studio, { picked: '', report });
  await open(page, studio, '/export', { folder: studio.run });
  await page.getByTestId('export').click();
  const written = page.getByTestId('exported');
  await written.getByRole('button', { name: 'Open the report' }).click({ timeout: 60_000 });
  await written.getByRole('button', { name: 'Save the report as PDF' }).click();
  await expect(written).toContainText(`PDF: ${report}`);
  await written.getByRole('button', { name: 'Show in folder' }).click();
  expect((await asked(page)).map(([call]) => call)).toEqual(['openReport', 'printReport', 'reveal']);
  await expect(written.getByTestId('download-all')).toHaveCount(0);
});
