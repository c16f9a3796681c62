import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DistillError } from '../../../../electron/contract/errors.ts';
import { drawSample } from '../../../../electron/engine/data/sample/draw.ts';

const small = { seed: 7, tracksPerClass: 1, testPerClass: 3, classes: [1, 13, 38] };
const training = (id: string): string => path.join('GTSRB', 'Final_Training', 'Images', id);
const test = path.join('GTSRB', 'Final_Test', 'Images');

let place: string;
beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'distill-sample-'));
});
afterEach(() => rm(place, { recursive: true }));

async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const bytes = await Promise.all(files.sort().map((file) => readFile(file, 'latin1')));
  return new Map(files.map((file, i) => [path.relative(folder, file), bytes[i]!]));
}

async function annotations(folder: string, csv: string): Promise<Record<string, string>[]> {
  const text = await readFile(path.join(folder, csv), 'utf8');
  expect(text.split('\r\n')[0]).toBe('Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId');
  expect(text.endsWith('\r\n')).toBe(true);
  return parse<Record<string, string>>(text, { delimiter: ';', columns: true });
}

/** Every annotated file is there, with the size that is written down, and no other image is. */
async function expectTrue(folder: string, rows: readonly Record<string, string>[]): Promise<void> {
  const images = (await readdir(folder)).filter((name) => name.endsWith('.ppm'));
  expect(images.sort()).toEqual(rows.map((row) => row['Filename']).sort());
  for (const row of rows) {
    const [width, height] = [Number(row['Width']), Number(row['Height'])];
    const bytes = await readFile(path.join(folder, row['Filename']!));
    const header = `P6\n${width} ${height}\n255\n`;
    expect(bytes.toString('latin1', 0, header.length)).toBe(header);
    expect(bytes.length).toBe(header.length + 3 * width * height);
    const [x1, y1, x2, y2] = ['Roi.X1', 'Roi.Y1', 'Roi.X2', 'Roi.Y2'].map((key) => Number(row[key]));
    expect(x1).toBeGreaterThanOrEqual(0);
    expect(y1).toBeGreaterThanOrEqual(0);
    expect(x2! - x1!).toBeGreaterThan(width / 2);
    expect(y2! - y1!).toBeGreaterThan(height / 2);
    expect(x2).toBeLessThan(width);
    expect(y2).toBeLessThan(height);
  }
}

describe('drawSample', () => {
  it("writes GTSRB's own layout, with annotations that are true", async () => {
    const folder = path.join(place, 'a', 'sample');
    const progress: number[] = [];
    const result = await drawSample(folder, {
      ...small,
      onProgress: (done, total) => progress.push(done / total),
    });
    expect(result).toEqual({ folder, train: 90, test: 9 });
    expect(progress.at(-1)).toBe(1);
    expect(await readdir(path.join(folder, 'GTSRB', 'Final_Training', 'Images'))).toEqual([
      '00001',
      '00013',
      '00038',
    ]);
    for (const id of ['00001', '00013', '00038']) {
      const rows = await annotations(path.join(folder, training(id)), `GT-${id}.csv`);
      expect(rows).toHaveLength(30);
      expect(rows[29]!['Filename']).toBe('00000_00029.ppm');
      expect(new Set(rows.map((row) => row['ClassId']))).toEqual(new Set([String(Number(id))]));
      await expectTrue(path.join(folder, training(id)), rows);
      expect(Number(rows[29]!['Width'])).toBeGreaterThan(1.4 * Number(rows[0]!['Width']));
    }
    const rows = await annotations(path.join(folder, test), 'GT-final_test.csv');
    await expectTrue(path.join(folder, test), rows);
    const labels = rows.map((row) => row['ClassId']);
    expect([...labels].sort()).toEqual(['1', '1', '1', '13', '13', '13', '38', '38', '38']);
    expect(labels).not.toEqual([...labels].sort());
    expect(await readdir(path.join(place, 'a'))).toEqual(['sample']);
  });

  it('draws the same bytes from the same seed and others from another', async () => {
    const draw = async (name: string, seed: number): Promise<Map<string, string>> => {
      const { folder } = await drawSample(path.join(place, name), { ...small, classes: [1], seed });
      return contents(folder);
    };
    const [first, again, other] = [await draw('first', 7), await draw('again', 7), await draw('other', 8)];
    expect(again).toEqual(first);
    const images = [...first.keys()].filter((name) => name.endsWith('.ppm'));
    expect(images).toHaveLength(33);
    for (const image of images) expect(other.get(image)).not.toBe(first.get(image));
    expect(new Set(images.map((image) => first.get(image))).size).toBe(images.length);
  });

  it('fills an empty folder, and refuses a file or a folder with something in it', async () => {
    const folder = path.join(place, 'sample');
    await mkdir(folder);
    await drawSample(folder, { ...small, classes: [13] });
    const before = await contents(folder);
    await expect(drawSample(folder, small)).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
      message: `The folder ${folder} is not empty.`,
      hint: expect.stringContaining('empty this one') as unknown,
    });
    expect(await contents(folder)).toEqual(before);

    const file = path.join(place, 'file');
    await writeFile(file, 'kept');
    await expect(drawSample(file, small)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await readFile(file, 'utf8')).toBe('kept');
    expect((await readdir(place)).sort()).toEqual(['file', 'sample']);
  });

  it('leaves nothing behind when cancelled, before and during the work', async () => {
    const target = path.join(place, 'new', 'sample');
    const during = new AbortController();
    const stop = (): void => during.abort();
    const running = drawSample(target, { ...small, signal: during.signal, onProgress: stop });
    await expect(running).rejects.toBeInstanceOf(DistillError);
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(drawSample(target, { ...small, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(await readdir(place)).toEqual([]);
  });
});
