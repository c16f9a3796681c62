import { expect, test } from 'vitest';
import { PixelStore } from '../../../electron/engine/data/pixel-store.ts';
import { Pixels } from '../../../electron/engine/data/pixels.ts';
import { calibrationOf } from '../../../electron/engine/export/calibration.ts';

const size = 2;

/** Images that hold their own number. */
async function numbered(count: number): Promise<Pixels> {
  const store = await PixelStore.create({ count, size });
  const rows = Array.from({ length: count }, (_, i) => i);
  for (const row of rows) store.write(row, new Uint8Array(size * size * 3).fill(row % 256));
  return new Pixels(
    store,
    rows.map((row) => ({ key: `${row}`, label: row % 7 })),
    rows,
  );
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test('int8 is calibrated on training images and evaluated on validation images alone', async () => {
  const pixels = await numbered(1000);
  const split = { train: range(0, 800), validation: range(800, 1000) };
  const { images, held, notes } = calibrationOf(pixels, split, 7);
  expect(images.n).toBe(512);
  expect(new Set(images.keys).size).toBe(512);
  expect(images.keys.every((key) => Number(key) < 800)).toBe(true);
  expect(held.keys).toEqual(split.validation.map(String));
  expect([...held.labels]).toEqual(split.validation.map((index) => index % 7));
  expect(notes).toEqual([]);
  const [first] = [Number(images.keys[3])];
  expect([...images.pixels(3, 4)]).toEqual(new Array(12).fill(first % 256));
  expect(calibrationOf(pixels, split, 7).images.keys).toEqual(images.keys);
  expect(calibrationOf(pixels, split, 8).images.keys).not.toEqual(images.keys);
});

test('where nothing is held out, other training images stand in, with a note', async () => {
  const pixels = await numbered(60);
  const { images, held, notes } = calibrationOf(pixels, { train: range(0, 60), validation: [] }, 7);
  expect([images.n, held.n]).toEqual([30, 30]);
  expect(new Set([...images.keys, ...held.keys]).size).toBe(60);
  expect(notes[0]).toMatch(/holds out no validation images.* 30 training images/);
});
