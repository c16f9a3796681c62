import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { RunOptions } from 'axe-core';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { axeFindings, withAxe } from './support/axe.ts';
import { cutOff, narrowWidths } from './support/cut-off.ts';
import { root } from './support/paths.ts';
import { policyViolations } from './support/policy.ts';
import { wholeHeight } from './support/picture.ts';
import { painted, screens, settled, themes } from './support/screens.ts';
import { expect, test } from './support/studio.ts';

/** Where the pictures go, which are taken where DISTILL_SCREENS is set. */
const folder = process.env['DISTILL_SCREENS'] ? path.join(root, 'docs/screens') : null;

/** For the README: a window's height of the best pictures, from this many pixels below their top. */
const excerptHeight = 800;
const excerpts: Record<string, number> = {
  'wizard-training-light': 780,
  'run-live-dark': 0,
  'evaluation-light': 0,
};

async function takePicture(page: Page, folder: string, name: string): Promise<void> {
  const picture = sharp(await page.screenshot({ animations: 'disabled' })).png({ palette: true });
  await picture.clone().toFile(path.join(folder, `${name}.png`));
  const top = excerpts[name];
  if (top === undefined) return;
  const { width } = page.viewportSize()!;
  await picture
    .extract({ left: 0, top, width, height: excerptHeight })
    .toFile(path.join(folder, `${name}-excerpt.png`));
}

/** By all of axe's rules; themes differ in colours alone. */
const rulesOf: Record<(typeof themes)[number], RunOptions> = {
  light: {},
  dark: { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } },
};

// Each screen is visited by itself.
test.describe.configure({ mode: 'parallel' });
test.beforeAll(() => {
  if (folder !== null) mkdirSync(folder, { recursive: true });
});
test.beforeEach(({ page }) => withAxe(page));

/** Both themes, as wide as the window is; then narrower. */
async function expectUsable(page: Page, name: string, isPictured: boolean): Promise<void> {
  const whole = page.viewportSize()!;
  // Shorter than a frame is none.
  const moving = await page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ effect }) => Number(effect?.getComputedTiming().activeDuration ?? 0) > 1)
      .map(({ effect }) => (effect as KeyframeEffect).target?.className),
  );
  expect(moving, 'animations where less motion is wanted').toEqual([]);
  const pictures = isPictured ? folder : null;
  if (pictures !== null) await page.setViewportSize({ width: 1280, height: await wholeHeight(page) });
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    await expect(page.locator('html')).toHaveClass(theme === 'dark' ? /\bdark\b/ : /^(?!.*\bdark\b)/);
    await painted(page);
    expect(await axeFindings(page, rulesOf[theme]), theme).toEqual([]);
    if (pictures !== null) await takePicture(page, pictures, `${name}-${theme}`);
  }
  for (const width of narrowWidths) {
    await page.setViewportSize({ ...whole, width });
    await page.waitForTimeout(100);
    // What hangs on another element finds its place some frames later.
    await expect.poll(() => cutOff(page), { message: `${width} pixels wide` }).toEqual([]);
  }
}

/** One visit serves both themes: starting each screen is what takes the time. */
for (const { name, show, isPictured } of screens)
  test(`${name}: nothing serious for those who see or point otherwise, light and dark, narrow and wide`, async ({
    studio,
    page,
  }) => {
    const forbidden = await policyViolations(page);
    const ends: (() => unknown)[] = [];
    try {
      await show(page, studio, (end) => ends.push(end));
      await settled(page);
      await expectUsable(page, name, isPictured);
    } finally {
      for (const end of ends) await end();
    }
    expect(forbidden, 'tried against the policy').toEqual([]);
  });
