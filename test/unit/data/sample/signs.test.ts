import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { signCount, signSvg } from '../../../../electron/engine/data/sample/signs.ts';

const size = 32;

describe('signSvg', () => {
  let signs: Uint8Array[];

  beforeAll(async () => {
    const ids = Array.from({ length: signCount }, (_, id) => id);
    signs = await Promise.all(
      ids.map((id) =>
        sharp(Buffer.from(signSvg(id)))
          .resize(size, size)
          .ensureAlpha()
          .raw()
          .toBuffer(),
      ),
    );
  });

  it('draws 43 signs without text, fonts or anything from outside', () => {
    expect(signCount).toBe(43);
    for (let id = 0; id < signCount; id++)
      expect(signSvg(id)).not.toMatch(/<text|font|href|url\(|NaN|undefined/);
  });

  it('refuses an id that is not a class', () => {
    expect(() => signSvg(43)).toThrow(RangeError);
    expect(() => signSvg(-1)).toThrow(RangeError);
  });

  // 30 and 80 are nearest: their digits part in about a dozen pixels of three channels.
  it('draws every two signs differently at 32 px', () => {
    for (let a = 0; a < signCount; a++) {
      for (let b = a + 1; b < signCount; b++) {
        const different = signs[a]!.filter((value, i) => Math.abs(value - signs[b]![i]!) > 64).length;
        expect(different, `values that differ between signs ${a} and ${b}`).toBeGreaterThan(30);
      }
    }
  });

  it('leaves the corners of round signs transparent and their middle opaque', () => {
    for (const id of [0, 15, 17, 32, 35]) {
      expect(signs[id]![3]).toBe(0);
      expect(signs[id]![4 * ((size / 2) * size + size / 2) + 3]).toBe(255);
    }
  });

  it.each([
    ['no entry', 'red', 17],
    ['stop', 'red', 14],
    ['ahead only', 'blue', 35],
    ['roundabout', 'blue', 40],
  ])('paints %s mostly %s', (_name, expected, id) => {
    let [red, blue] = [0, 0];
    for (let i = 0; i < signs[id]!.length; i += 4) {
      const [r, , b, alpha] = signs[id]!.subarray(i, i + 4);
      if (alpha! < 255) continue;
      if (r! > 2 * b!) red++;
      if (b! > 2 * r!) blue++;
    }
    expect(red > blue ? 'red' : 'blue').toBe(expected);
    expect(Math.max(red, blue)).toBeGreaterThan(0.3 * size * size);
  });
});
