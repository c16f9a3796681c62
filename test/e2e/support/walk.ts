import { expect, type Page } from '@playwright/test';
import { drawnSample } from '../../../electron/contract/sample.ts';
import type { smallerSample } from './smaller-sample.ts';
import { smallNetworks, trainOn } from './wizard.ts';

/**
 * What a person does with the drawn sample, by clicks alone and without a question to the engine: the same in a browser's page
 * and in the desktop app's window.
 */

/** How much a sample has for each class. */
type Sample = Pick<typeof drawnSample, 'tracksPerClass' | 'testPerClass'> | typeof smallerSample;

const signs = 43;
const imagesPerTrack = 30;
const count = (images: number): string => images.toLocaleString('en-US');

/** From an empty library to the report of the sample's import. */
export async function drawSample(page: Page, sample: Sample = drawnSample): Promise<void> {
  const tracks = signs * sample.tracksPerClass;
  const [train, test] = [tracks * imagesPerTrack, signs * sample.testPerClass];
  await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible();
  await page.getByTestId('start-sample').click();
  const progress = page.getByTestId('task-progress');
  await expect(progress).toContainText(new RegExp(`Drawing the sample.*of ${count(train + test)} images`), {
    timeout: 30_000,
  });
  await expect(progress.getByRole('button', { name: 'Cancel' })).toBeEnabled();
  const report = page.getByTestId('import-report');
  await expect(report).toContainText('GTSRB', { timeout: 120_000 });
  await expect(report).toContainText(`${count(train)} images of ${tracks} tracks`);
  await expect(report).toContainText(`${count(test)} images`);
  await expect(page.getByTestId('image-grid').locator('img').first()).toBeVisible();
}

/** From the step Data to the step Review: three classes, small networks. */
export async function planRun(
  page: Page,
  { tracksPerClass }: Sample = drawnSample,
  epochs = 2,
): Promise<void> {
  const heldOut = Math.max(1, Math.round(0.2 * tracksPerClass));
  const training = 3 * (tracksPerClass - heldOut) * imagesPerTrack;
  await trainOn(page, [1, 14, 38]);
  await expect(page.getByTestId('split-totals')).toContainText(new RegExp(`Training\\s*${training} images`));
  await smallNetworks(page, { epochs });
  await expect(page.getByTestId('plain-words')).toContainText(
    'The student is trained on 3 classes; the other 40 stay unseen',
  );
}

/** From the run's screen to its evaluation, as soon as it is complete. */
export async function openEvaluation(page: Page): Promise<void> {
  await page.getByTestId('open-evaluation').click({ timeout: 180_000 });
  await expect(page.getByTestId('evaluation')).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
  await expect(page.getByTestId('verdict')).toBeVisible();
}

/** From any screen of a run: exports all that is ticked into `out`; gives the files. */
export async function exportInto(page: Page, out: string): Promise<string[]> {
  const screens = page.getByRole('navigation', { name: 'Main' });
  await screens.getByRole('link', { name: 'Export', exact: true }).click();
  await page.getByRole('textbox', { name: 'Folder to export into' }).fill(out);
  await page.getByTestId('export').click();
  const written = page.getByTestId('exported');
  await expect(written).toBeVisible({ timeout: 60_000 });
  const files = await written
    .locator('li a[title]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('title')!));
  await expect(written).toContainText(`${files.length} files written`);
  return files;
}
