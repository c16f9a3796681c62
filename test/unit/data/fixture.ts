import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Part } from '../../../electron/contract/parts.ts';
import { ownReading, type ReadingRecipe } from '../../../electron/contract/recipe/reading.ts';
import { openDataset } from '../../../electron/engine/data/import.ts';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';

/** A small P6 pixmap whose content `shade` decides. */
export function ppm(shade: number, width = 3, height = 2): Buffer {
  return Buffer.concat([
    Buffer.from(`P6\n${width} ${height}\n255\n`),
    Buffer.alloc(width * height * 3, shade),
  ]);
}

/** A folder of its own for the test, with these files, that goes when the test ends. */
export function folderOf(files: Record<string, Uint8Array | string> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'distill-import-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [key, content] of Object.entries(files)) {
    const file = path.join(folder, key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

export async function imported(
  at: string,
  classNames: string | null = null,
  reading: ReadingRecipe = ownReading,
): Promise<Dataset> {
  const dataset = await openDataset(at, { classNames, reading });
  onTestFinished(() => dataset.close());
  return dataset;
}

/** What a test compares of a dataset: each image's class by key. */
export function labels(dataset: Dataset, part: Part = 'train'): Record<string, string> {
  return Object.fromEntries(dataset[part].map(({ key, label }) => [key, dataset.classes[label]!]));
}

export function skips(dataset: Dataset): Record<string, string> {
  return Object.fromEntries(dataset.report.skipped.map(({ file, reason }) => [file, reason]));
}

/** Files of these names, each another image. */
export function images(...keys: string[]): Record<string, Buffer> {
  return Object.fromEntries(keys.map((key, at) => [key, ppm(at % 256, 3 + Math.floor(at / 256))]));
}

/** Keys of images, `count` in each of these folders. */
export const inFolders = (folders: readonly string[], count = 2): string[] =>
  folders.flatMap((folder) => Array.from({ length: count }, (_, at) => `${folder}/${at}.ppm`));

/** What a report says of folders: each folder's part. */
export const partsOf = ({ report }: Dataset): Record<string, string> =>
  Object.fromEntries(report.reading.parts.map(({ folder, part }) => [folder, part]));

/** Images by class, each part's with '/' between: training, validation, test. */
export const counts = ({ report }: Dataset): Record<string, string> =>
  Object.fromEntries(
    report.classes.map(({ name, train, validation, test }) => [name, `${train}/${validation}/${test}`]),
  );
