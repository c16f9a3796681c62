import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { resizeImage } from '../../../electron/engine/data/resize.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

const grey = (...rows: number[][]) => ({
  width: rows[0]!.length,
  height: rows.length,
  data: Uint8Array.from(rows.flat().flatMap((value) => [value, value, value])),
});
const red = (pixels: Uint8Array) => [...pixels].filter((_, i) => i % 3 === 0);

/** Smooth enough that two antialiasing filters must agree on it. */
function landscape(width: number, height: number) {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const x = (Math.floor(i / 3) % width) / width;
    const y = Math.floor(i / 3 / width) / height;
    return 127 + 60 * Math.sin(7 * x + 2 * (i % 3)) + 60 * Math.cos(5 * y - 3 * x);
  });
  return { width, height, data };
}

describe('resizeImage', () => {
  it('returns an image of the right size as it is', () => {
    const stream = random(2, 'image');
    const data = Uint8Array.from({ length: 5 * 5 * 3 }, () => stream.integer(256));
    for (const method of ['crop', 'squish', 'pad'] as const) {
      expect(resizeImage({ width: 5, height: 5, data }, 5, method)).toEqual(data);
    }
  });

  it('filters with a triangle as wide as the reduction', () => {
    // Halving 4 to 2: support 2 about 1 and 3; weights 3 3 1 (of 7) and 1 3 3 (of 7).
    const row = [0, 70, 140, 210];
    const [left, right] = [(3 * 0 + 3 * 70 + 140) / 7, (70 + 3 * 140 + 3 * 210) / 7];
    expect(red(resizeImage(grey(row, row, row, row), 2, 'squish'))).toEqual([left, right, left, right]);
  });

  it('interpolates linearly between pixel centres when it enlarges', () => {
    // 2 to 4: centres at 0.25 0.75 1.25 1.75 of the source.
    expect(red(resizeImage(grey([0, 100], [0, 100]), 4, 'squish')).slice(0, 4)).toEqual([0, 25, 75, 100]);
  });

  it('crops the centre, pads by reflection, squishes to fit', () => {
    const wide = grey([10, 20, 30, 40, 50], [11, 21, 31, 41, 51], [12, 22, 32, 42, 52]);
    expect(red(resizeImage(wide, 3, 'crop'))).toEqual([20, 30, 40, 21, 31, 41, 22, 32, 42]);
    const [top, middle, bottom] = [10, 11, 12].map((first) =>
      [0, 10, 20, 30, 40].map((more) => first + more),
    );
    expect(red(resizeImage(wide, 5, 'pad'))).toEqual([middle, top, middle, bottom, middle].flat());
    expect(resizeImage(wide, 4, 'squish')).toHaveLength(48);
  });

  it('pads a strip that is thinner than its margins', () => {
    expect(red(resizeImage(grey([1, 2, 3, 4, 5, 6, 7]), 7, 'pad'))).toEqual(
      Array.from({ length: 7 }, () => [1, 2, 3, 4, 5, 6, 7]).flat(),
    );
    expect(red(resizeImage(grey([9], [8], [7], [6], [5]), 5, 'pad')).slice(0, 10)).toEqual([
      9, 9, 9, 9, 9, 8, 8, 8, 8, 8,
    ]);
  });

  it.each([
    [61, 47, 32],
    [250, 231, 96],
    [120, 36, 24],
  ])('agrees with libvips when it reduces a smooth %i x %i image', async (width, height, size) => {
    const image = landscape(width, height);
    const expected = await sharp(image.data, { raw: { width, height, channels: 3 } })
      .resize(size, size, { fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer();
    const ours = resizeImage(image, size, 'squish');
    const most = ours.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i]!)), 0);
    expect(most).toBeLessThanOrEqual(4);
  });
});
