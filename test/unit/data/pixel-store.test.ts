import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { augmentSchema } from '../../../electron/contract/recipe/augmentation.ts';
import { Loader } from '../../../electron/engine/data/loader.ts';
import { PixelStore } from '../../../electron/engine/data/pixel-store.ts';
import type { Pixels } from '../../../electron/engine/data/pixels.ts';
import { createSpillFile } from '../../../electron/engine/data/spill-file.ts';
import { noisePixels } from './noise-pixels.ts';

const size = 8;
const imageBytes = size * size * 3;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'distill-pixels-'));
});
afterEach(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true, force: true });
});

/** Every byte of two epochs, the second from its third batch on. */
async function batchesOf(pixels: Pixels, workers: number): Promise<Buffer> {
  const loader = new Loader({
    pixels,
    indices: Array.from({ length: pixels.count }, (_, i) => i),
    batchSize: 24,
    shuffle: true,
    dropLast: false,
    augment: augmentSchema.parse({}),
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    seed: 5,
    workers,
  });
  const parts: Buffer[] = [];
  try {
    for (const [epoch, from] of [
      [0, 0],
      [1, 2],
    ] as const) {
      for await (const { images, labels } of loader.epoch(epoch, { from })) {
        parts.push(
          Buffer.from(Float32Array.from(images).buffer),
          Buffer.from(Int32Array.from(labels).buffer),
        );
      }
    }
  } finally {
    await loader.close();
  }
  return Buffer.concat(parts);
}

describe('PixelStore', () => {
  it('gives a loader the same batches, bit for bit, from memory and from a file', async () => {
    const inMemory = await noisePixels(100, size, { memory: 100 * imageBytes });
    const inFile = await noisePixels(100, size, { memory: 100 * imageBytes - 1, folder });
    expect([inMemory.place, inFile.place].map((place) => 'file' in place)).toEqual([false, true]);
    expect(inFile.image(17)).toEqual(inMemory.image(17));
    const expected = await batchesOf(inMemory, 1);
    expect(expected.length).toBeGreaterThan(100 * imageBytes * 4);
    for (const workers of [1, 2]) expect((await batchesOf(inFile, workers)).equals(expected)).toBe(true);
    await inFile.store.close();
  });

  it('takes no more memory for ten times the images once they lie in a file', async () => {
    const allocated = async (count: number) => {
      let bytes = 0;
      const Real = SharedArrayBuffer;
      vi.stubGlobal(
        'SharedArrayBuffer',
        class extends Real {
          constructor(length: number) {
            super(length);
            bytes += length;
          }
        },
      );
      const pixels = await noisePixels(count, size, { memory: 50 * imageBytes, folder });
      await batchesOf(pixels, 1);
      await pixels.store.close();
      vi.unstubAllGlobals();
      return bytes;
    };
    const [some, many] = [await allocated(120), await allocated(1200)];
    const slots = 4 * 24 * imageBytes * 4;
    expect(some).toBeGreaterThanOrEqual(slots);
    // Only lists of indices grow: the row, the order of two epochs, and the ring's counters.
    expect(many - some).toBeLessThanOrEqual(1080 * 4 * 4);
    // In memory they do grow.
    const all = await allocated(50);
    expect(all).toBeGreaterThanOrEqual(50 * imageBytes);
  });

  it('deletes its file when it closes', async () => {
    const store = await PixelStore.create({ count: 3, size, memory: 0, folder });
    expect(readdirSync(folder)).toHaveLength(1);
    await store.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says so when its file was cut off', async () => {
    const store = await PixelStore.create({ count: 3, size, memory: 0, folder });
    truncateSync(path.join(folder, readdirSync(folder)[0]!), imageBytes);
    expect(store.read(0)).toHaveLength(imageBytes);
    expect(() => store.read(1)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    await store.close();
  });

  it('refuses what the disk has no room for, before it writes', async () => {
    const huge = PixelStore.create({ count: 2 ** 40, size: 512, memory: 0, folder });
    await expect(huge).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true });
    await expect(huge).rejects.toThrow(folder);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('createSpillFile', () => {
  it('removes what processes left behind that no longer run, and nothing else', async () => {
    const gone = spawnSync(process.execPath, ['--version']).pid;
    const host = encodeURIComponent(hostname());
    const kept = [`${host}~${process.ppid}~a.pixels`, `elsewhere~${gone}~a.pixels`, `notes.txt`];
    for (const name of [...kept, `${host}~${gone}~a.pixels`]) writeFileSync(path.join(folder, name), '');
    const file = await createSpillFile(10, 'pixels', folder);
    expect(readdirSync(folder).sort()).toEqual([...kept, path.basename(file)].sort());
  });

  it('leaves no file when the process ends without closing', () => {
    const module = new URL('../../../electron/engine/data/spill-file.ts', import.meta.url).href;
    const script = `import { createSpillFile } from ${JSON.stringify(module)};
      console.log(await createSpillFile(10, 'pixels', ${JSON.stringify(folder)}));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stdout).toContain(folder);
    expect(existsSync(stdout.trim())).toBe(false);
  });
});
