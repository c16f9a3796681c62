import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

const icons = path.resolve('resources/icons');
const read = (name: string) => readFileSync(path.join(icons, name));

/** The images in an ICO, read as Windows does: https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10) */
function icoImages(file: Buffer): { side: number; png: Buffer }[] {
  expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1]);
  return Array.from({ length: file.readUInt16LE(4) }, (_, i) => {
    const entry = 6 + 16 * i;
    const [length, offset] = [file.readUInt32LE(entry + 8), file.readUInt32LE(entry + 12)];
    expect(file.readUInt16LE(entry + 6)).toBe(32);
    return { side: file.readUInt8(entry) || 256, png: file.subarray(offset, offset + length) };
  });
}

function icnsImages(file: Buffer): { type: string; png: Buffer }[] {
  expect(file.toString('latin1', 0, 4)).toBe('icns');
  expect(file.readUInt32BE(4)).toBe(file.length);
  const images: { type: string; png: Buffer }[] = [];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at + 4);
    images.push({ type: file.toString('latin1', at, at + 4), png: file.subarray(at + 8, at + length) });
    at += length;
  }
  return images;
}

describe('the icons', () => {
  it('of Windows hold every size as a PNG with colours of 32 bits', async () => {
    const images = icoImages(read('icon.ico'));
    expect(images.map(({ side }) => side)).toEqual([16, 24, 32, 48, 64, 128, 256]);
    for (const { side, png } of images)
      expect(await sharp(png).metadata()).toMatchObject({
        format: 'png',
        width: side,
        height: side,
        channels: 4,
        hasAlpha: true,
      });
  });

  it("of macOS hold the sizes that their types say, Retina's too", async () => {
    const sides: Record<string, number> = {
      ...{ icp4: 16, icp5: 32, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 },
      ...{ ic11: 32, ic12: 64, ic13: 256, ic14: 512 },
    };
    const images = icnsImages(read('icon.icns'));
    expect(new Set(images.map(({ type }) => type))).toEqual(new Set(Object.keys(sides)));
    for (const { type, png } of images)
      expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: sides[type] });
  });

  it.each([16, 32, 48, 64, 128, 256, 512])('of Linux are named by their size: %d', async (side) => {
    expect(await sharp(read(`linux/${side}x${side}.png`)).metadata()).toMatchObject({
      width: side,
      height: side,
    });
  });
});
