import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { chartTable, ttaCells } from './evaluating.ts';
import { expect, open, type Studio } from './studio.ts';
import { exportInto } from './walk.ts';

/** Reads a safetensors file's header as its one-page description has it: 8 bytes of length, then JSON. */
export function safetensorsHeader(
  file: string,
): Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString('utf8')) as Record<string, never>;
  const tensors = Object.fromEntries(Object.entries(header).filter(([name]) => name !== '__metadata__'));
  const ends = Object.values<{ data_offsets: [number, number] }>(tensors).map(
    ({ data_offsets }) => data_offsets[1],
  );
  expect(8 + length + Math.max(...ends)).toBe(bytes.length);
  return tensors;
}

/** Runs test-time augmentation from the evaluation's page, and waits until the engine has all of it. */
export async function runAugmentation(
  page: Page,
  { engine }: Studio,
  run: string,
  counts: number[],
): Promise<void> {
  const section = page.getByTestId('tta');
  await section.getByTestId('tta-counts').fill(counts.join(', '));
  await section.getByTestId('tta-run').click();
  const found = async () =>
    (await engine.runs.evaluation({ folder: run, mask: {} })).tta.map(({ count }) => count);
  // The button is there again at the end; a run may have some of its own already.
  await expect(section.getByTestId('tta-run')).toBeVisible({ timeout: 120_000 });
  await expect
    .poll(found, { timeout: 120_000 })
    .toEqual(['teacher', 'student', 'baseline'].flatMap(() => counts));
}

/** Runs test-time augmentation from the evaluation's page, with 0 and 2 copies. */
export async function augmentAtTestTime(page: Page, studio: Studio, run: string): Promise<void> {
  await open(page, studio, '/evaluation', { folder: run });
  await runAugmentation(page, studio, run, [0, 2]);
  const { models, tta } = await studio.engine.runs.evaluation({ folder: run, mask: {} });
  expect(tta.map(({ role, count }) => `${role} ${count}`)).toEqual(
    (['teacher', 'student', 'baseline'] as const).flatMap((role) => [`${role} 0`, `${role} 2`]),
  );
  await expect.poll(() => chartTable(page, 'Test-time augmentation')).toEqual(ttaCells(tta));
  const [plain, augmented] = tta.filter(({ role }) => role === 'student');
  // No copies: the plain image's own score.
  expect(plain!.accuracy).toBeCloseTo(models.student!.scores.accuracy, 10);
  expect(augmented!.msPerImage).toBeGreaterThan(plain!.msPerImage);
}

/** Has the models predict uploaded images; gives the first prediction of each that the page shows. */
export async function tryImages(page: Page, studio: Studio, run: string, files: string[]): Promise<void> {
  await open(page, studio, '/try', { folder: run });
  await page.getByTestId('image-input').setInputFiles(files);
  const cards = page.getByTestId('predictions').getByRole('article');
  await expect(cards).toHaveCount(files.length, { timeout: 60_000 });
  for (const [i, file] of files.entries()) {
    const card = cards.nth(i);
    await expect(card).toHaveAccessibleName(path.basename(file));
    const [prediction] = await studio.engine.runs.predict({ folder: run, images: [file], role: 'student' });
    const student = card.getByRole('region', { name: 'Student' });
    await expect(student.getByRole('listitem')).toHaveCount(prediction!.top5.length);
    const best = prediction!.top5[0]!;
    await expect(student.getByRole('listitem').first()).toContainText(best.name);
    await expect(student.getByRole('listitem').first()).toContainText(
      `${(100 * best.probability).toFixed(1)} %`,
    );
    await expect(student).toContainText(/[\d.]+ ms/);
    // The image itself came through the server.
    await expect
      .poll(() => card.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);
  }
}

/** From any of the run's screens: exports everything into `out` and opens what was written. */
export async function exportAll(page: Page, studio: Studio, run: string, out: string): Promise<void> {
  const files = await exportInto(page, out);
  const result = await studio.engine.runs.result({ folder: run });
  const find = (ending: string): string => {
    const found = files.find((file) => file.endsWith(ending));
    expect(found, `a file ending in ${ending} among ${files.join(', ')}`).toBeDefined();
    expect(found!.startsWith(out)).toBe(true);
    return found!;
  };

  const tensors = safetensorsHeader(find('student.safetensors'));
  const values = Object.entries(tensors).filter(([name]) => !/running_|num_batches/.test(name));
  const parameters = values.reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(parameters).toBe(result.models.student.parameters);

  const predictions = parse<Record<string, string>>(readFileSync(find('predictions-student.csv'), 'utf8'), {
    columns: true,
    bom: true,
  });
  expect(predictions).toHaveLength(result.models.student.test.n);
  const [label, predicted] = ['label', 'predicted'].map((name) =>
    Object.keys(predictions[0]!).find((key) => key.includes(name))!,
  );
  const right = predictions.filter((row) => row[label!] === row[predicted!]).length;
  expect(right / predictions.length).toBeCloseTo(result.models.student.test.accuracy, 10);

  const matrix = await sharp(find('confusion-student.png')).metadata();
  expect([matrix.format, matrix.width]).toEqual(['png', matrix.height - 2 * 24]);

  const report = readFileSync(find('report.html'), 'utf8').replaceAll(/&nbsp;|\s/g, ' ');
  const score = `${(100 * result.models.student.test.accuracy).toFixed(2)} %`;
  expect(report.includes(score), `${score} in the report`).toBe(true);
  // The page gives the report out, too.
  const popup = page.context().waitForEvent('page');
  await page.getByTestId('exported').getByRole('button', { name: 'Open the report' }).click();
  await expect((await popup).locator('h1').first()).toContainText(result.name);
  await (await popup).close();
}
