import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { cutOff, narrowWidths } from './support/cut-off.ts';
import { root } from './support/paths.ts';
import { policyViolations } from './support/policy.ts';
import { wholeHeight } from './support/picture.ts';
import { screens, settled, themes } from './support/screens.ts';
import { expect, test } from './support/studio.ts';

/** Where the pictures go: into docs/screens/ where DISTILL_SCREENS is set. */
const folder = process.env['DISTILL_SCREENS']
  ? path.join(root, 'docs/screens')
  : path.join(root, 'dist/e2e-screens');

/** For the README: a window's height of the best pictures, from this many pixels below their top. */
const excerptHeight = 800;
const excerpts: Record<string, number> = {
  'wizard-training-light': 780,
  'run-live-dark': 0,
  'evaluation-light': 0,
};

async function takePicture(page: Page, name: string): Promise<void> {
  const picture = sharp(await page.screenshot({ animations: 'disabled' })).png({ palette: true });
  await picture.clone().toFile(path.join(folder, `${name}.png`));
  const top = excerpts[name];
  if (top === undefined) return;
  const { width } = page.viewportSize()!;
  await picture
    .extract({ left: 0, top, width, height: excerptHeight })
    .toFile(path.join(folder, `${name}-excerpt.png`));
}

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

test.beforeAll(() => mkdirSync(folder, { recursive: true }));
test.beforeEach(({ page }) =>
  // Before the page's own scripts: its content security policy allows no others later.
  page.addInitScript({ path: path.join(root, 'node_modules/axe-core/axe.min.js') }),
);

/** One visit serves both themes: starting each screen is what takes the time. */
for (const { name, show, isPictured } of screens)
  test(`${name}: nothing serious for those who see or point otherwise, light and dark, narrow and wide`, async ({
    studio,
    page,
  }) => {
    const forbidden = await policyViolations(page);
    await show(page, studio);
    await settled(page);
    const whole = page.viewportSize()!;
    for (const width of narrowWidths) {
      await page.setViewportSize({ ...whole, width });
      await page.waitForTimeout(100);
      expect(await cutOff(page), `${width} pixels wide`).toEqual([]);
    }
    await page.setViewportSize(whole);
    if (isPictured) await page.setViewportSize({ width: 1280, height: await wholeHeight(page) });
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await expect(page.locator('html')).toHaveClass(theme === 'dark' ? /\bdark\b/ : /^(?!.*\bdark\b)/);
      await settled(page);
      expect(await findings(page), theme).toEqual([]);
      if (isPictured) await takePicture(page, `${name}-${theme}`);
    }
    expect(forbidden, 'tried against the policy').toEqual([]);
  });
