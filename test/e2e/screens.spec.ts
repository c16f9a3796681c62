import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { root } from './support/paths.ts';
import { screens, settled, themes } from './support/screens.ts';
import { test } from './support/studio.ts';

/** Where the pictures go: into docs/screens/ where DISTILL_SCREENS is set. */
const folder = process.env['DISTILL_SCREENS']
  ? path.join(root, 'docs/screens')
  : path.join(root, 'dist/e2e-screens');

const [least, most] = [800, 2000];
/** Of a window in which nothing needs to be scrolled, within reason. */
async function wholeHeight(page: Page): Promise<number> {
  const content = await page.locator('main').evaluate((main) => main.scrollHeight);
  return Math.min(Math.max(content, least), most);
}

test.beforeAll(() => mkdirSync(folder, { recursive: true }));

for (const theme of themes)
  test.describe(theme, () => {
    test.use({ colorScheme: theme });
    for (const { name, show } of screens)
      test(`${name}-${theme}`, async ({ studio, page }) => {
        await show(page, studio);
        await settled(page);
        await page.setViewportSize({ width: 1280, height: await wholeHeight(page) });
        await settled(page);
        const picture = await page.screenshot({ animations: 'disabled' });
        await sharp(picture)
          .png({ palette: true })
          .toFile(path.join(folder, `${name}-${theme}.png`));
      });
  });
