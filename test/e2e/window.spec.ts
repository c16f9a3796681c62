import type { Page } from '@playwright/test';
import { pageUrl, expect, open, test } from './support/studio.ts';

/** How far the page's content reaches beyond the window, to the right. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const main = document.querySelector('main')!;
    return Math.max(
      document.documentElement.scrollWidth - window.innerWidth,
      main.scrollWidth - main.clientWidth,
    );
  });

test('everything fits into a window of 1024 x 700', async ({ studio, page }) => {
  await page.setViewportSize({ width: 1024, height: 700 });
  const { run: folder, again } = studio;
  const places: [string, Record<string, string | string[]>, string][] = [
    ['/library', {}, 'run-table'],
    ['/new/data', { fresh: '1' }, 'wizard-data'],
    ['/new/teacher', {}, 'wizard-teacher'],
    ['/new/student', {}, 'architectures'],
    ['/new/training', {}, 'wizard-training'],
    ['/new/review', {}, 'plain-words'],
    ['/run', { folder }, 'chart-label-loss'],
    ['/evaluation', { folder }, 'class-table'],
    ['/try', { folder }, 'drop-zone'],
    ['/export', { folder }, 'export'],
    ['/settings', {}, 'doctor'],
    ['/compare', { folders: [folder, again] }, 'compare-view'],
  ];
  for (const [route, query, shown] of places) {
    await open(page, studio, route, query);
    await expect(page.getByTestId(shown).first()).toBeVisible();
    expect(await overflow(page), route).toBeLessThanOrEqual(0);
  }
});

test('the window paints before the engine answers, and says what it waits for', async ({ studio, page }) => {
  // The engine's socket opens and stays silent, and nobody tells how the engine is.
  await page.routeWebSocket(/\/api\/engine/, () => undefined);
  await page.route('**/api/host*', () => undefined);
  await page.goto(pageUrl(studio, '/library'));
  await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Settings' })).toBeVisible();
  await expect(page.getByTestId('engine-state')).not.toHaveAttribute('data-state', 'up');
  await expect(page.getByTestId('engine-state')).not.toBeEmpty();
});

test('single keys lead everywhere, but not while somebody types', async ({ studio, page }) => {
  await open(page, studio, '/library');
  await page.keyboard.press('/');
  const search = page.getByTestId('search').locator('input').or(page.locator('input[data-testid="search"]'));
  await expect(search).toBeFocused();
  await page.keyboard.type('again, n');
  await expect(search).toHaveValue('again, n');
  expect(new URL(page.url()).pathname).toBe('/library');
  await search.fill('');
  await search.blur();
  for (const [key, heading] of [
    [',', 'Settings'],
    ['l', 'Library'],
    ['n', 'New distillation'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
  }
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Search in the library');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
