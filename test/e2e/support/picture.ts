import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { settled } from './screens.ts';

/** Pixels that a picture is high. */
const [least, most] = [800, 4000];

/** The height of a window in which nothing needs to be scrolled, within reason. */
export async function wholeHeight(page: Page): Promise<number> {
  const content = await page.locator('main').evaluate((main) => main.scrollHeight);
  return Math.min(Math.max(content, least), most);
}

/** In the page: whether all images within the window are loaded. */
const imagesAreThere = (): boolean =>
  [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > innerHeight);

/** Takes pictures of whole screens, numbered in the order in which they are taken: `<folder>/<prefix>-01-data.png`. */
export function picturesOf(page: Page, folder: string, prefix: string): (name: string) => Promise<void> {
  mkdirSync(folder, { recursive: true });
  let count = 0;
  return async (name) => {
    const file = path.join(folder, `${prefix}-${String(++count).padStart(2, '0')}-${name}.png`);
    const before = page.viewportSize()!;
    await settled(page);
    if ((await page.locator('main').count()) > 0)
      await page.setViewportSize({ ...before, height: await wholeHeight(page) });
    await page.waitForFunction(imagesAreThere, undefined, { timeout: 60_000 });
    await settled(page);
    await page.screenshot({ path: file, fullPage: true });
    await page.setViewportSize(before);
  };
}
