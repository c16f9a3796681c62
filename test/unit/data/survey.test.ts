import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { DistillError } from '../../../electron/contract/errors.ts';
import { decodeImage } from '../../../electron/engine/data/image.ts';
import { openDataset } from '../../../electron/engine/data/import.ts';
import { PixelStore } from '../../../electron/engine/data/pixel-store.ts';
import { resizeImage } from '../../../electron/engine/data/resize.ts';
import { survey } from '../../../electron/engine/data/survey.ts';

const size = 16;
const flat = (grey: number, format: 'png' | 'jpeg') =>
  sharp({ create: { width: 20, height: 30, channels: 3, background: { r: grey, g: grey, b: 0 } } })
    .toFormat(format)
    .toBuffer();

/** Everything kept, in the order of the keys. */
async function keeping(count: number, workers: number, rowOf: (at: number) => number | null = (at) => at) {
  const store = await PixelStore.create({ count, size });
  return { store, keep: { store, method: 'squish' as const, rowOf, workers } };
}

describe('survey that keeps the images', () => {
  it('decodes every image into its row, whatever the number of workers', async () => {
    const keys = Array.from({ length: 37 }, (_, i) => `${i}`);
    const files = await Promise.all(keys.map((_, i) => flat(5 * i, i % 2 ? 'png' : 'jpeg')));
    const read = (key: string) => Promise.resolve(files[Number(key)]!);
    const seen: number[] = [];
    for (const workers of [1, 3]) {
      const { store, keep } = await keeping(37, workers, (at) => 36 - at);
      const onProgress = (done: number, total: number) => seen.push(done / total);
      const answers = await survey({ read }, keys, { keep, onProgress });
      expect(answers).toEqual(
        files.map((file) => ({
          hash: createHash('sha256').update(file).digest('hex'),
          width: 20,
          height: 30,
          // Of one colour.
          picture: null,
        })),
      );
      for (const [i, file] of files.entries()) {
        expect(store.read(36 - i)).toEqual(resizeImage(await decodeImage(file), size, 'squish'));
        // JPEG may be a few levels off.
        expect(Math.abs(store.read(36 - i)[0]! - 5 * i)).toBeLessThanOrEqual(i % 2 ? 0 : 4);
      }
    }
    expect(seen.at(-1)).toBe(1);
  });

  it('gives the same with and without keeping, and keeps only what it is asked to', async () => {
    const good = [await flat(9, 'png'), await flat(99, 'jpeg'), await flat(200, 'png')];
    const files: Record<string, Buffer> = {
      a: good[0]!,
      broken: good[0]!.subarray(0, good[0]!.length - 30),
      b: good[1]!,
      empty: Buffer.alloc(0),
      c: good[2]!,
    };
    const gone = new DistillError('NOT_FOUND', 'It is gone.');
    const read = (key: string) => (files[key] ? Promise.resolve(files[key]) : Promise.reject(gone));
    const keys = ['a', 'broken', 'missing', 'b', 'empty', 'c'];
    const { store, keep } = await keeping(2, 2, (at) => [0, null, null, null, null, 1][at]!);
    const kept = await survey({ read }, keys, { keep });
    expect(kept).toEqual(await survey({ read }, keys, {}));
    expect(kept.map((one) => 'problem' in one)).toEqual([false, true, true, false, true, false]);
    expect(kept[2]).toEqual({ problem: 'It is gone.' });
    expect([store.read(0)[0], store.read(1)[0]]).toEqual([9, 200]);
  });

  it('takes no files for no images, and stops on the signal', async () => {
    const none = await keeping(0, 1);
    const never = () => Promise.reject(new Error('read'));
    expect(await survey({ read: never }, [], { keep: none.keep })).toEqual([]);
    const abort = new AbortController();
    const good = await flat(9, 'png');
    let reads = 0;
    const { keep } = await keeping(100, 1);
    const keys = Array.from({ length: 100 }, (_, i) => `${i}`);
    const read = () => Promise.resolve((reads++, good));
    const stopped = survey({ read }, keys, { keep, signal: abort.signal, onProgress: () => abort.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(reads).toBeLessThan(100);
  });

  it('fails where an image cannot be kept', async () => {
    const store = await PixelStore.create({ count: 1, size });
    const good = await flat(9, 'png');
    const keep = { store, method: 'squish' as const, rowOf: () => 5, workers: 1 };
    const failing = survey({ read: () => Promise.resolve(good) }, ['a'], { keep });
    await expect(failing).rejects.toMatchObject({ name: 'DistillError' });
  });
});

const mini = path.join(process.env['GTSRB_DIR'] ?? '../shared/gtsrb', 'mini');

it.skipIf(!existsSync(mini))(`an import keeps GTSRB's images (skipped without ${mini})`, async () => {
  const wanted = ({ label, part }: { label: number; part: string }, hasTest: boolean) =>
    hasTest && part === 'train' && label === 14;
  const keep = { image: { size, resize: 'squish' as const }, workers: 2, wanted };
  const dataset = await openDataset(mini, { classNames: null, reading: ownReading, keep });
  const { store, rows } = dataset.pixels!;
  const stops = dataset.train.filter(({ label }) => label === 14);
  expect([...rows.keys()].sort()).toEqual(stops.map(({ key }) => key).sort());
  expect(store.count).toBe(90);
  for (const { key } of stops.slice(0, 40)) {
    const expected = resizeImage(await decodeImage(await dataset.read(key)), size, 'squish');
    expect(store.read(rows.get(key)!)).toEqual(expected);
  }
  await dataset.close();
});
