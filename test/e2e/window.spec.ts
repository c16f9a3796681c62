import { pageUrl, expect, open, test } from './support/studio.ts';

test('the window paints before the engine answers, and shows what it waits for', async ({ studio, page }) => {
  // The engine's socket opens and stays silent, and no host reports the engine's state.
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
  await expect(page.getByTestId('help-view')).toContainText('Search in the library');
  await page.getByTestId('help-back').click();
  await expect(page.getByRole('heading', { name: 'New distillation', level: 1 })).toBeVisible();
});
