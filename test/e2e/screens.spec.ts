import path from 'node:path';
import { root } from './support/paths.ts';
import { screens, settled, themes } from './support/screens.ts';
import { test } from './support/studio.ts';

/** Where the pictures go: into docs/screens/ where DISTILL_SCREENS is set. */
const folder = process.env['DISTILL_SCREENS']
  ? path.join(root, 'docs/screens')
  : path.join(root, 'dist/e2e-screens');

for (const theme of themes)
  test.describe(theme, () => {
    test.use({ colorScheme: theme });
    for (const { name, show } of screens)
      test(`${name}-${theme}`, async ({ studio, page }) => {
        await show(page, studio);
        await settled(page);
        await page.screenshot({ path: path.join(folder, `${name}-${theme}.png`), animations: 'disabled' });
      });
  });
