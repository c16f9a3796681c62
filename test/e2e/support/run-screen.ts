import type { Page } from '@playwright/test';
import { expect, open, type Studio } from './studio.ts';

/** How many points of the curves the run's screen has. */
export const shownPoints = async (page: Page): Promise<number> =>
  Number(await page.getByTestId('run-view').getAttribute('data-points'));

/** How many steps the engine has written down. */
export async function writtenPoints({ engine }: Studio, run: string): Promise<number> {
  const { points } = await engine.runs.metrics({ folder: run, maxPoints: 2 });
  return points;
}

export const showRun = (page: Page, studio: Studio, run: string): Promise<void> =>
  open(page, studio, '/run', { folder: run });

/** Waits until the screen and the engine say that the run is complete, and that the screen has all its points. */
export async function expectCompleted(page: Page, studio: Studio, run: string): Promise<void> {
  await expect(page.getByTestId('open-evaluation')).toBeVisible({ timeout: 180_000 });
  const { summary } = await studio.engine.runs.details({ folder: run });
  expect(summary.state).toBe('completed');
  await expect.poll(() => shownPoints(page)).toBe(await writtenPoints(studio, run));
}
