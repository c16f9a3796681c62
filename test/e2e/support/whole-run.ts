import path from 'node:path';
import type { Page } from '@playwright/test';
import type { RunResult } from '../../../electron/contract/result.ts';
import { shownPoints } from './run-screen.ts';
import { expect, type Studio } from './studio.ts';
import { next } from './wizard.ts';

/** Takes a picture of what is shown. */
type Picture = (name: string) => Promise<void>;

/** The figures that a step shows when it is whole. */
const figures: Record<string, [testId: string, text: RegExp]> = {
  teacher: ['model-figures', /Parameters\s*[\d.]+/],
  student: ['architectures', /× (smaller|larger)/],
  training: ['estimate', /about \d+/],
  review: ['estimate', /about \d+/],
};

/** Takes a picture of the step that is shown when all figures are there. */
export async function pictureStep(page: Page, step: string, picture: Picture): Promise<void> {
  const [testId, text] = figures[step]!;
  await expect(page.getByTestId(testId).first()).toContainText(text, { timeout: 60_000 });
  await picture(step);
}

/** Goes on to a step of the wizard and takes its picture. */
export async function showStep(page: Page, step: string, picture: Picture): Promise<void> {
  await next(page, step);
  await pictureStep(page, step, picture);
}

/** Starts the run that is reviewed and goes with it to its report; gives its result, and the minutes it took. */
export async function runToReport(
  page: Page,
  studio: Studio,
  picture: Picture,
): Promise<{ result: RunResult; minutes: number }> {
  const began = performance.now();
  await page.getByTestId('start-run').first().click();
  await page.waitForURL(/\/run\?/, { timeout: 60_000 });
  const folder = new URL(page.url()).searchParams.get('folder')!;
  await expect.poll(() => shownPoints(page), { timeout: 300_000 }).toBeGreaterThan(20);
  await picture('run');
  await expect(page.getByTestId('open-evaluation')).toBeVisible({ timeout: 55 * 60_000 });
  const minutes = (performance.now() - began) / 60_000;
  await picture('run-ended');
  await page.getByTestId('open-evaluation').click();
  await expect(page.getByTestId('verdict')).toBeVisible();
  await picture('evaluation');
  await page.goto(`file://${path.join(folder, 'report.html')}`);
  await picture('report');
  return { result: await studio.engine.runs.result({ folder }), minutes };
}

/** The scores in a line, for whoever ran it. */
export function scoresOf({ models }: RunResult): string {
  const { teacher, student, baseline } = models;
  const score = (model: { test: { accuracy: number } } | null | undefined) =>
    model ? `${(100 * model.test.accuracy).toFixed(1)} %` : 'none';
  return `teacher ${score(teacher)}, student ${score(student)}, baseline ${score(baseline)} of ${student.test.n} test images`;
}
