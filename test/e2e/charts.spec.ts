import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { showRun } from './support/run-screen.ts';
import { expect, test, type SharedStudio } from './support/studio.ts';

/** Saves a chart in one of its ways; gives the file's name and bytes. */
async function saved(page: Page, chart: string, way: string): Promise<{ name: string; bytes: Buffer }> {
  await page.getByRole('button', { name: `Save ${chart}`, exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: way }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

async function shownCharts(page: Page, studio: SharedStudio): Promise<void> {
  await showRun(page, studio, studio.run);
  await expect(page.getByTestId('open-evaluation')).toBeVisible();
  // Drawn in their turn.
  await expect(page.getByTestId('chart-label-loss').locator('canvas').first()).toBeVisible();
}

test('a chart is saved as a PNG of two pixels a unit, and has something on it', async ({ studio, page }) => {
  await shownCharts(page, studio);
  const { name, bytes } = await saved(page, 'Label loss', 'Save as PNG');
  expect(name).toBe('label-loss.png');
  const { format, width, height } = await sharp(bytes).metadata();
  expect({ format, width, height }).toEqual({ format: 'png', width: 2 * 1200, height: 2 * 675 });
  // Paper, axes, and a curve of a colour of its own for each model.
  const { channels } = await sharp(bytes).stats();
  const [red, green, blue] = channels;
  for (const { min, max } of [red!, green!, blue!]) expect(max - min).toBeGreaterThan(100);
  expect(red!.mean).not.toBeCloseTo(blue!.mean, 2);
});

test('a chart is saved as a drawing with its texts', async ({ studio, page }) => {
  await shownCharts(page, studio);
  const { name, bytes } = await saved(page, 'Accuracy', 'Save as SVG');
  expect(name).toBe('accuracy.svg');
  const svg = bytes.toString('utf8');
  const texts = await page.evaluate((source) => {
    const drawing = new DOMParser().parseFromString(source, 'image/svg+xml');
    const fault = drawing.querySelector('parsererror')?.textContent ?? null;
    return fault === null
      ? [...drawing.querySelectorAll('text')].map(({ textContent }) => textContent.trim())
      : [fault];
  }, svg);
  expect(texts).toEqual(expect.arrayContaining([expect.stringMatching(/^\d+ %$/)]));
  const { width, height, format } = await sharp(bytes).metadata();
  expect({ format, width, height }).toEqual({ format: 'svg', width: 1200, height: 675 });
});

test('a chart is saved as the figures that the run wrote down', async ({ studio, page }) => {
  await shownCharts(page, studio);
  const { name, bytes } = await saved(page, 'Label loss', 'Save figures as CSV');
  expect(name).toBe('label-loss.csv');
  const [header, ...rows] = bytes
    .toString('utf8')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  expect(header).toEqual(['Model', 'Part', 'Step', 'Epoch', 'Label loss']);

  const { steps, epochs } = await studio.engine.runs.metrics({ folder: studio.run, maxPoints: 200_000 });
  const names = { teacher: 'Teacher', student: 'Student', baseline: 'Baseline' };
  const ofPart = (part: string) =>
    rows
      .filter((row) => row[1] === part)
      .map(([model, , step, epoch, value]) => [model, Number(step), Number(epoch), Number(value)]);
  const near = (value: number) => expect.closeTo(value, 4);
  expect(ofPart('training')).toEqual(
    steps.flatMap(({ role, step, epoch, labelLoss }) =>
      step.map((at, i) => [names[role], at, near(epoch[i]!), near(labelLoss[i]!)]),
    ),
  );
  const validated = epochs.filter(({ validation }) => validation !== null);
  expect(validated.length).toBeGreaterThan(0);
  expect(ofPart('validation')).toEqual(
    validated.map(({ role, epoch, validation }) => [
      names[role],
      expect.any(Number),
      epoch,
      near(validation!.labelLoss),
    ]),
  );
});
