import type { Page } from '@playwright/test';
import { recipeSchema } from '../../electron/contract/recipe.ts';
import { smallRecipe } from './support/recipe.ts';
import { screens } from './support/screens.ts';
import { sampleFolder } from './support/shared.ts';
import { expect, open, test } from './support/studio.ts';

/** What lies under the wizard's footer while it has the focus. */
async function hiddenStops(page: Page): Promise<string[]> {
  const hidden: string[] = [];
  for (let stop = 0; stop < 120; stop++) {
    await page.keyboard.press('Tab');
    const under = await page.evaluate(() => {
      const focused = document.activeElement;
      const footer = document.querySelector('footer');
      if (!focused || !footer) throw new Error('There is no wizard.');
      if (footer.contains(focused)) return 'footer';
      const [own, below] = [focused.getBoundingClientRect(), footer.getBoundingClientRect()];
      return own.bottom > below.top + 1
        ? (focused.getAttribute('aria-label') ?? focused.outerHTML.slice(0, 120))
        : null;
    });
    if (under === 'footer') return hidden;
    if (under !== null) hidden.push(under);
  }
  throw new Error('Tab does not reach the footer.');
}

test('what has the focus is never under the footer of the wizard', async ({ studio, page }) => {
  await page.setViewportSize({ width: 860, height: 520 });
  await screens.find(({ name }) => name === 'wizard-training')!.show(page, studio, () => undefined);
  await page.locator('h2').first().focus();
  expect(await hiddenStops(page)).toEqual([]);
});

test('a run at work is seen from other screens, opens with a click, and reports its end', async ({
  studio,
  page,
}) => {
  const { engine, runs: out } = studio;
  const recipe = recipeSchema.parse(smallRecipe({ name: 'Seen from afar', epochs: 40 }));
  const { folder } = await engine.runs.start({ recipe, data: sampleFolder(), out, runtime: { threads: 1 } });
  try {
    await open(page, studio, '/settings');
    const strip = page.getByTestId('run-at-work');
    await expect(strip).toContainText('Seen from afar');
    await expect(strip).toContainText('left', { timeout: 60_000 });
    await strip.click();
    await expect(page.getByTestId('run-view')).toBeVisible();
    // The screen itself shows it now.
    await expect(strip).toHaveCount(0);
    await page.goBack();
    await expect(strip).toBeVisible();
    await engine.runs.stop({ folder, mode: 'finish' });
    await expect(page.getByText('Seen from afar is done').first()).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Open the run' }).click();
    await expect(page.getByTestId('run-headline')).toContainText('%');
  } finally {
    await engine.runs.wait({ folder });
    await engine.runs.trash({ folder });
  }
});
