import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { dataSchema } from '../../../electron/contract/recipe/data.ts';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { divide } from '../../../electron/engine/data/division.ts';
import { openDataset } from '../../../electron/engine/data/import.ts';
import { Pictures } from '../../../electron/engine/data/pictures.ts';
import { pictureBytes, pictureOf } from '../../../electron/engine/data/picture.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { folderOf, imported, ppm } from './fixture.ts';

/** Soft blobs of drawn colours, another picture for each number. */
function drawing(number: number, side = 64) {
  const stream = random(7, 'leaks', number);
  const blobs = Array.from({ length: 9 }, () => {
    const [x, y, r] = [stream.float() * 64, stream.float() * 64, 5 + stream.float() * 12];
    const colour = [0, 1, 2].map(() => stream.integer(256)).join();
    return `<ellipse cx="${x}" cy="${y}" rx="${r}" ry="${r / 2}" fill="rgb(${colour})"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 64 64"><rect width="64" height="64" fill="#789"/>${blobs.join('')}</svg>`;
  return sharp(Buffer.from(svg)).flatten();
}

const png = (number: number) => drawing(number).png().toBuffer();

describe('the same picture in training and test', () => {
  it('is found re-encoded and resized; others, and images of one colour, are not', async () => {
    const dataset = await imported(
      folderOf({
        'train/a/1.png': await png(1),
        'train/a/2.png': await png(2),
        'train/a/3.png': await png(3),
        'train/b/4.png': await png(4),
        'train/b/5.png': await png(5),
        'train/b/flat.ppm': ppm(90),
        'train/b/other.png': await png(6),
        'test/a/1.jpg': await drawing(1).jpeg({ quality: 70 }).toBuffer(),
        'test/a/2.webp': await drawing(2).resize(48, 48).webp({ quality: 80 }).toBuffer(),
        'test/a/3.jpg': await drawing(3, 64).resize(200, 160, { fit: 'fill' }).jpeg().toBuffer(),
        'test/b/4.png': await png(4),
        'test/b/10.png': await png(10),
        'test/b/flat.ppm': ppm(91),
        'val/b/5.gif': await drawing(5).gif().toBuffer(),
        'val/a/11.png': await png(11),
      }),
    );
    expect(dataset.report.leaks).toEqual([
      { train: 'train/b/4.png', other: 'test/b/4.png', part: 'test', sameBytes: true },
      { train: 'train/a/1.png', other: 'test/a/1.jpg', part: 'test', sameBytes: false },
      { train: 'train/a/2.png', other: 'test/a/2.webp', part: 'test', sameBytes: false },
      { train: 'train/a/3.png', other: 'test/a/3.jpg', part: 'test', sameBytes: false },
      { train: 'train/b/5.png', other: 'val/b/5.gif', part: 'validation', sameBytes: false },
    ]);
    const keysOf = (dropLeaks: boolean) => {
      const { pool, split } = divide(dataset, dataSchema.parse({ dropLeaks }), 1);
      return split.train.map((index) => pool[index]!.key);
    };
    expect(keysOf(false)).toHaveLength(7);
    expect(keysOf(true)).toEqual(['train/b/4.png', 'train/b/flat.ppm', 'train/b/other.png']);
  });

  it('is found among images without labels, which leave it out', async () => {
    const more = folderOf({
      'test.jpg': await drawing(1).jpeg({ quality: 70 }).toBuffer(),
      'val.webp': await drawing(2).resize(48, 48).webp({ quality: 80 }).toBuffer(),
      // A picture of a training image is not held out.
      'train.jpg': await drawing(3).jpeg({ quality: 70 }).toBuffer(),
      'new.png': await png(4),
    });
    const at = folderOf({
      'train/a/3.png': await png(3),
      'train/b/5.png': await png(5),
      'val/b/2.png': await png(2),
      'test/a/1.png': await png(1),
    });
    const dataset = await openDataset(at, { classNames: null, reading: ownReading, unlabelled: [more] });
    await dataset.close();
    const { unlabelled, unlabelledCopies } = divide(dataset, dataSchema.parse({}), 1);
    expect(unlabelled.map(({ key }) => path.basename(key))).toEqual(['new.png', 'train.jpg']);
    expect(unlabelledCopies).toEqual([
      {
        file: path.join(more, 'test.jpg'),
        reason: 'leak',
        detail: 'shows the picture of test/a/1.png, a test image',
      },
      {
        file: path.join(more, 'val.webp'),
        reason: 'leak',
        detail: 'shows the picture of val/b/2.png, a validation image',
      },
    ]);
  });

  it('is found between the parts that a split draws', async () => {
    const files: Record<string, Buffer> = {};
    for (let i = 0; i < 10; i++) {
      files[`a/${i}.png`] = await png(i);
      files[`b/${i}.jpg`] = await drawing(i).jpeg({ quality: 80 }).toBuffer();
    }
    const dataset = await imported(folderOf(files));
    const { leaks, pool, split, test } = divide(dataset, dataSchema.parse({}), 3);
    const place = new Map(split.train.map((index) => [pool[index]!.key, 'train']));
    for (const index of split.validation) place.set(pool[index]!.key, 'validation');
    for (const { key } of test) place.set(key, 'test');
    const numberOf = (key: string) => /\d+/.exec(key)![0];
    const expected = [...place]
      .filter(([key, part]) => part === 'train' && place.get(partner(key)) !== 'train')
      .map(([key]) => key);
    expect(leaks.map(({ train }) => train).sort()).toEqual(expected.sort());
    expect(leaks.every(({ train, other }) => numberOf(train) === numberOf(other))).toBe(true);
    expect(expected.length).toBeGreaterThan(0);
  });
});

const partner = (key: string): string =>
  key.startsWith('a/') ? key.replace(/^a(.*)png$/, 'b$1jpg') : key.replace(/^b(.*)jpg$/, 'a$1png');

it('fifty thousand pictures are compared without looking at every pair', () => {
  const stream = random(1, 'many pictures');
  const pictures = Array.from({ length: 50_000 }, (_, i) => {
    const picture = new Uint8Array(pictureBytes);
    for (let at = 0; at < 16; at++) picture[at] = stream.integer(256);
    return { key: String(i), picture };
  });
  pictures[49_999]!.picture.set(pictures[7]!.picture);
  const keys = pictures.map(({ key }) => key);
  const index = new Pictures(pictures);
  const found = index.matches(keys.slice(0, 40_000), keys.slice(40_000));
  expect(found.get('7')).toBe('49999');
});

it('an image of one colour has no picture, one with a shape has', () => {
  const flat = { width: 40, height: 30, data: new Uint8Array(40 * 30 * 3).fill(120) };
  expect(pictureOf(flat)).toBeNull();
  const half = { ...flat, data: Uint8Array.from(flat.data, (_, i) => (i % 120 < 60 ? 20 : 220)) };
  expect(pictureOf(half)).toHaveLength(pictureBytes);
});
