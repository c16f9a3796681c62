import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fromBuffer, type Entry } from 'yauzl';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { DistillError } from '../../../electron/contract/errors.ts';
import { decodePixels } from '../../../electron/engine/data/decode.ts';
import { decodeImage } from '../../../electron/engine/data/image.ts';
import { resizeImage } from '../../../electron/engine/data/resize.ts';

const image = { size: 16, resize: 'squish' } as const;
const flat = (grey: number, format: 'png' | 'jpeg') =>
  sharp({ create: { width: 20, height: 30, channels: 3, background: { r: grey, g: grey, b: 0 } } })
    .toFormat(format)
    .toBuffer();

describe('decodePixels', () => {
  it('decodes every sample into its place, whatever the number of workers', async () => {
    const samples = Array.from({ length: 37 }, (_, i) => ({ key: `${i}`, label: i % 5 }));
    const files = await Promise.all(samples.map((_, i) => flat(5 * i, i % 2 ? 'png' : 'jpeg')));
    const seen: number[] = [];
    for (const workers of [1, 3]) {
      const pixels = await decodePixels((key) => Promise.resolve(files[Number(key)]!), samples, image, {
        workers,
        onProgress: (done, total) => seen.push(done / total),
      });
      expect([pixels.size, pixels.count, pixels.data.length]).toEqual([16, 37, 37 * 768]);
      expect(pixels.keys).toEqual(samples.map(({ key }) => key));
      samples.forEach(({ label }, i) => {
        expect(pixels.labels[i]).toBe(label);
        // JPEG may be a few levels off.
        expect(Math.abs(pixels.data[i * 768]! - 5 * i)).toBeLessThanOrEqual(i % 2 ? 0 : 4);
        expect(pixels.data[i * 768 + 767]).toBeLessThanOrEqual(i % 2 ? 0 : 4);
      });
    }
    expect(seen.at(-1)).toBe(1);
  });

  it('takes no samples for no pixels', async () => {
    const nothing = await decodePixels(() => Promise.reject(new Error('read')), [], image, { workers: 1 });
    expect(nothing.count).toBe(0);
  });

  it('names the image that cannot be decoded', async () => {
    const good = await flat(9, 'png');
    const samples = Array.from({ length: 40 }, (_, i) => ({ key: `00003/${i}.png`, label: 0 }));
    const read = (key: string) =>
      Promise.resolve(key === '00003/20.png' ? good.subarray(0, good.length - 30) : good);
    const error: unknown = await decodePixels(read, samples, image, { workers: 2 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DistillError);
    expect(error).toMatchObject({ code: 'IMAGE_UNREADABLE' });
    expect((error as DistillError).message).toContain('00003/20.png');
  });

  it('passes on what reading throws, and stops on the signal', async () => {
    const samples = Array.from({ length: 100 }, (_, i) => ({ key: `${i}`, label: 0 }));
    const missing = new DistillError('NOT_FOUND', 'gone');
    await expect(decodePixels(() => Promise.reject(missing), samples, image, { workers: 1 })).rejects.toBe(
      missing,
    );
    const abort = new AbortController();
    const good = await flat(9, 'png');
    let read = 0;
    const reading = decodePixels(() => Promise.resolve((read++, good)), samples, image, {
      workers: 1,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(read).toBeLessThan(100);
  });

  const archive = path.join(
    process.env['GTSRB_DIR'] ?? '../shared/gtsrb',
    'mini',
    'GTSRB_Final_Training_Images.zip',
  );

  it.skipIf(!existsSync(archive))(`reads GTSRB's PPM images (skipped without ${archive})`, async () => {
    const files = await unzip(archive, 60);
    const samples = [...files.keys()].map((key) => ({ key, label: Number(key.split('/').at(-2)) }));
    const pixels = await decodePixels((key) => Promise.resolve(files.get(key)!), samples, image, {
      workers: 2,
    });
    expect(pixels.count).toBe(60);
    for (const [i, { key }] of samples.entries()) {
      const expected = resizeImage(await decodeImage(files.get(key)!), image.size, image.resize);
      expect(pixels.data.subarray(i * 768, (i + 1) * 768)).toEqual(expected);
    }
  });
});

/** The first `limit` pixmaps of an archive, in memory. */
async function unzip(file: string, limit: number): Promise<Map<string, Buffer>> {
  const bytes = await readFile(file);
  const files = new Map<string, Buffer>();
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (problem, zip) => {
      if (problem) {
        reject(problem);
        return;
      }
      zip.on('end', () => resolve(files));
      zip.on('error', reject);
      zip.on('entry', (entry: Entry) => {
        if (files.size === limit) resolve(files);
        else if (!entry.fileName.endsWith('.ppm')) zip.readEntry();
        else
          zip.openReadStream(entry, (failed, stream) => {
            if (failed) {
              reject(failed);
              return;
            }
            buffer(stream).then((content) => {
              files.set(entry.fileName, content);
              zip.readEntry();
            }, reject);
          });
      });
      zip.readEntry();
    });
  });
}
