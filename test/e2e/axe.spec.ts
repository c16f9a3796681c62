import path from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from '@playwright/test';
import { root } from './support/paths.ts';
import { screens, settled, themes } from './support/screens.ts';
import { expect, test } from './support/studio.ts';

/** What somebody would stumble over, as lines: rule, element, why. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } };
    return axe.run({ resultTypes: ['violations'] });
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary = '' }) => {
        const why = failureSummary.split('\n').slice(1).join(' ').trim();
        return `${impact} ${id}: ${target.join(' ')}: ${why}`;
      }),
    );
}

test.beforeEach(({ page }) =>
  // Before the page's own scripts: its content security policy allows no others later.
  page.addInitScript({ path: path.join(root, 'node_modules/axe-core/axe.min.js') }),
);

for (const theme of themes)
  test.describe(theme, () => {
    test.use({ colorScheme: theme });
    for (const { name, show } of screens)
      test(`nothing serious on ${name}, ${theme}`, async ({ studio, page }) => {
        await show(page, studio);
        await settled(page);
        expect(await findings(page)).toEqual([]);
      });
  });
