import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { openDataset } from '../../../electron/engine/data/import.ts';
import { decodeImage } from '../../../electron/engine/data/image.ts';
import { folderOf, imported, labels, ppm, skips } from './fixture.ts';

describe('import report', () => {
  it('counts classes, tracks and sides', async () => {
    const dataset = await imported(
      folderOf({
        'train/a/00000_00000.ppm': ppm(1, 10, 40),
        'train/a/00000_00001.ppm': ppm(2, 12, 20),
        'train/b/00000_00000.ppm': ppm(3, 30, 30),
        'test/b/x.ppm': ppm(4, 5, 8),
      }),
    );
    expect(dataset.report.train).toEqual({ images: 3, tracks: 2, sides: { min: 10, median: 25, max: 40 } });
    expect(dataset.report.test).toEqual({ images: 1, tracks: 0, sides: { min: 5, median: 6.5, max: 8 } });
    expect(dataset.report.classes).toEqual([
      { id: 0, name: 'a', train: 2, tracks: 1, validation: 0, test: 0 },
      { id: 1, name: 'b', train: 1, tracks: 1, validation: 0, test: 1 },
    ]);
  });

  it('skips what cannot be decoded and goes on', async () => {
    const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#abc' } })
      .png()
      .toBuffer();
    const dataset = await imported(
      folderOf({
        'a/1.png': png,
        'a/2.png': png.subarray(0, 60),
        'a/3.ppm': ppm(3).subarray(0, 12),
        'b/4.ppm': ppm(4),
        'b/5.jpg': '',
      }),
    );
    expect(labels(dataset)).toEqual({ 'a/1.png': 'a', 'b/4.ppm': 'b' });
    expect(skips(dataset)).toEqual({
      'a/2.png': 'unreadable',
      'a/3.ppm': 'unreadable',
      'b/5.jpg': 'unreadable',
    });
  });

  it('reports more skipped files than a call has room for arguments', async () => {
    const count = 130_000;
    const missing = Array.from({ length: count }, (_, i) => `gone/${i}.png,a\n`).join('');
    const dataset = await imported(
      folderOf({ 'train.csv': `file,label\n1.ppm,a\n2.ppm,b\n${missing}`, '1.ppm': ppm(1), '2.ppm': ppm(2) }),
    );
    expect(dataset.report.train.images).toBe(2);
    expect(dataset.report.skipped).toHaveLength(count);
  });

  it('keeps the first of equal images, training before testing', async () => {
    const dataset = await imported(
      folderOf({
        'train/a/2.ppm': ppm(1),
        'train/a/1.ppm': ppm(1),
        'train/b/3.ppm': ppm(1),
        'test/a/0.ppm': ppm(1),
        'test/a/9.ppm': ppm(2),
      }),
    );
    expect(Object.keys(labels(dataset))).toEqual(['train/a/1.ppm']);
    expect(Object.keys(labels(dataset, 'test'))).toEqual(['test/a/9.ppm']);
    const same = 'same content as train/a/1.ppm';
    expect(dataset.report.skipped).toEqual([
      { file: 'test/a/0.ppm', reason: 'duplicate', detail: `${same} of the training part` },
      { file: 'train/a/2.ppm', reason: 'duplicate', detail: same },
      { file: 'train/b/3.ppm', reason: 'duplicate', detail: `${same}, which is labelled "a"` },
    ]);
  });

  it('has a fingerprint that any change of key, label, part or bytes changes, and nothing else', async () => {
    const of = async (files: Record<string, Uint8Array>) =>
      (await imported(folderOf(files))).report.fingerprint;
    const original = await of({ 'train/a/1.ppm': ppm(1), 'train/b/2.ppm': ppm(2), 'test/a/3.ppm': ppm(3) });
    const line = (key: string, label: number, part: string, bytes: Buffer) =>
      `${key}\0${label}\0${part}\0${createHash('sha256').update(bytes).digest('hex')}\n`;
    const text =
      line('train/a/1.ppm', 0, 'train', ppm(1)) +
      line('train/b/2.ppm', 1, 'train', ppm(2)) +
      line('test/a/3.ppm', 0, 'test', ppm(3));
    expect(original).toBe(createHash('sha256').update(text).digest('hex'));
    const others = await Promise.all([
      of({ 'train/a/1.ppm': ppm(1), 'train/b/2.ppm': ppm(2), 'test/a/3.ppm': ppm(4) }),
      of({ 'train/a/1.ppm': ppm(1), 'train/b/2.ppm': ppm(2), 'test/b/3.ppm': ppm(3) }),
      of({ 'train/a/1.ppm': ppm(1), 'train/b/2.ppm': ppm(2), 'train/a/3.ppm': ppm(3) }),
    ]);
    expect(new Set([original, ...others]).size).toBe(4);
  });

  it('reports progress and stops when asked', async () => {
    const folder = folderOf(
      Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`${at % 2}/${at}.ppm`, ppm(at)])),
    );
    const seen: [number, number][] = [];
    const dataset = await openDataset(folder, {
      classNames: null,
      reading: ownReading,
      onProgress: (done, total) => seen.push([done, total]),
    });
    await dataset.close();
    expect(seen).toEqual(Array.from({ length: 50 }, (_, at) => [at + 1, 50]));
    const stop = new AbortController();
    const stopped = openDataset(folder, {
      classNames: null,
      reading: ownReading,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(
      openDataset(folder, { classNames: null, reading: ownReading, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

const mini = path.join(
  process.env['GTSRB_DIR'] ?? path.join(import.meta.dirname, '../../../../shared/gtsrb'),
  'mini',
);

describe.skipIf(!existsSync(mini))('the real GTSRB images (skipped without GTSRB_DIR)', () => {
  it('imports the archives whole', async () => {
    const dataset = await imported(mini);
    expect(dataset.format).toBe('gtsrb');
    expect(dataset.report.train).toMatchObject({ images: 3870, tracks: 129 });
    // The archive's README: test images were scaled to 32 x 32.
    expect(dataset.report.test).toEqual({ images: 1290, tracks: 0, sides: { min: 32, median: 32, max: 32 } });
    expect(dataset.report.skipped).toEqual([]);
    expect(dataset.classes[14]).toBe('Stop');
    expect(dataset.report.classes.every(({ train, tracks }) => train === 90 && tracks === 3)).toBe(true);
    // The first row of the official table: 00005.ppm is class 38, "keep right".
    expect(labels(dataset, 'test')['GTSRB/Final_Test/Images/00005.ppm']).toBe('Keep right');
    const first = dataset.train[0]!;
    expect(first).toMatchObject({
      key: 'GTSRB/Final_Training/Images/00000/00000_00000.ppm',
      label: 0,
      track: '00000/00000',
    });
    // GT-00000.csv says 29 x 30.
    expect(await decodeImage(await dataset.read(first.key))).toMatchObject({ width: 29, height: 30 });
  });
});
