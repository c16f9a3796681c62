import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sortFiles } from '../../../electron/engine/data/image-files.ts';
import { decodeImage, limitOf } from '../../../electron/engine/data/image.ts';
import { claimedPixels } from '../../../electron/engine/data/image-size.ts';
import { PixelBudget } from '../../../electron/engine/data/pixel-budget.ts';
import { folderOf, imported, labels, ppm, skips } from './fixture.ts';

const drawn = (width = 6, height = 4) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 100, b: 50 } } });

/** A bitmap as the format's description has it, rows from the bottom unless `topDown`. */
function bmp(
  rows: readonly (readonly number[])[],
  { bits = 24, topDown = false, palette = [] as readonly number[] } = {},
): Buffer {
  const width = (rows[0]!.length * 8) / bits;
  const start = 54 + palette.length;
  const lines = rows.map((row) =>
    Buffer.concat([Buffer.from(row), Buffer.alloc((4 - (row.length % 4)) % 4)]),
  );
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(start, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(topDown ? -rows.length : rows.length, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  return Buffer.concat([header, Buffer.from(palette), ...(topDown ? lines : lines.reverse())]);
}

const red = [0, 0, 255];
const blue = [255, 0, 0];
const pixels = [255, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255];
const picture = [
  [...red, ...blue],
  [...blue, ...blue],
];

describe('BMP', () => {
  it.each([
    ['24 bits, bottom up', bmp(picture)],
    ['24 bits, top down', bmp(picture, { topDown: true })],
    [
      '32 bits',
      bmp(
        [
          [...red, 0, ...blue, 255],
          [...blue, 9, ...blue, 1],
        ],
        { bits: 32 },
      ),
    ],
    [
      '8 bits of a palette',
      bmp(
        [
          [1, 0],
          [0, 0],
        ],
        { bits: 8, palette: [...blue, 0, ...red, 0] },
      ),
    ],
  ])('of %s is read', async (_, bytes) => {
    expect(await decodeImage(bytes)).toMatchObject({ width: 2, height: 2 });
    expect([...(await decodeImage(bytes)).data]).toEqual(pixels);
  });

  it('is refused where it is cut off, compressed, or its palette lacks a colour', async () => {
    const whole = bmp(picture);
    for (let length = 0; length < whole.length - 2; length++)
      await expect(decodeImage(whole.subarray(0, length))).rejects.toMatchObject({
        code: 'IMAGE_UNREADABLE',
      });
    const packed = Buffer.from(whole);
    packed.writeUInt32LE(1, 30);
    await expect(decodeImage(packed)).rejects.toThrow('compressed');
    const poor = bmp([[7, 0]], { bits: 8, palette: [...blue, 0] });
    await expect(decodeImage(poor)).rejects.toThrow('palette');
  });
});

describe('formats', () => {
  it('GIF (its first frame), TIFF and AVIF are read', async () => {
    const frames = [200, 10].map((level) => Buffer.alloc(6 * 4 * 3, level));
    const gif = await sharp(Buffer.concat(frames), {
      raw: { width: 6, height: 8, channels: 3, pageHeight: 4 },
    })
      .gif({ delay: [10, 10] })
      .toBuffer();
    expect((await sharp(gif).metadata()).pages).toBe(2);
    const first = await decodeImage(gif);
    expect([first.width, first.height, first.data[0]]).toEqual([6, 4, 200]);
    const tiff = await decodeImage(await drawn().tiff().toBuffer());
    expect([...tiff.data.subarray(0, 3)]).toEqual([200, 100, 50]);
    const avif = await decodeImage(await drawn().avif({ quality: 90 }).toBuffer());
    [200, 100, 50].forEach((value, i) => expect(Math.abs(avif.data[i]! - value)).toBeLessThan(6));
  });

  it('a TIFF of measurements is refused, not read as black', async () => {
    const values = Buffer.from(Float32Array.from({ length: 24 }, (_, i) => i / 24).buffer);
    const float = await sharp(values, { raw: { width: 6, height: 4, channels: 1, depth: 'float' } as never })
      .tiff({ compression: 'none' })
      .toBuffer();
    const { depth } = await sharp(float).metadata();
    if (depth === 'float') await expect(decodeImage(float)).rejects.toThrow('"float"');
  });

  it('that are not read are named, with what to do', async () => {
    const begins: [string | Buffer, RegExp][] = [
      [Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), /HEIC.*convert it to JPEG/],
      [Buffer.from('II*\0\x10\0\0\0CR\x02\0', 'latin1'), /raw photograph/],
      [Buffer.from('\xff\x0a\0\0', 'latin1'), /JPEG XL/],
      ['8BPS\0\x01', /Photoshop/],
      ['<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', /SVG/],
      ['version https://git-lfs.github.com/spec/v1\noid sha256:0', /git lfs pull/],
      ['<!DOCTYPE html><html>', /web page/],
    ];
    for (const [bytes, says] of begins) await expect(decodeImage(Buffer.from(bytes))).rejects.toThrow(says);
  });
});

describe('an import', () => {
  it('takes images for what they are, whatever their names, and names what it does not read', async () => {
    const jpeg = (level: number) =>
      sharp({ create: { width: 4, height: 4, channels: 3, background: { r: level, g: 0, b: 0 } } })
        .jpeg()
        .toBuffer();
    const dataset = await imported(
      folderOf({
        'a/x.jfif': await jpeg(10),
        'a/x.jpe': await jpeg(30),
        'a/photo.jpg_large': await jpeg(50),
        'a/noending': await jpeg(70),
        'a/picture.dat': await jpeg(90),
        'b/1.bmp': bmp(picture),
        'b/2.gif': await drawn().gif().toBuffer(),
        'b/3.HEIC': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'),
        'b/4.heic': 'not even that',
        'b/5.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
        'b/notes.doc': 'words',
        'b/6.jpg': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'),
      }),
    );
    expect(Object.keys(labels(dataset)).sort()).toEqual([
      'a/noending',
      'a/photo.jpg_large',
      'a/picture.dat',
      'a/x.jfif',
      'a/x.jpe',
      'b/1.bmp',
      'b/2.gif',
    ]);
    expect(skips(dataset)).toEqual({
      'b/3.HEIC': 'unsupported',
      'b/4.heic': 'unsupported',
      'b/5.svg': 'not-an-image',
      'b/6.jpg': 'unreadable',
      'b/notes.doc': 'not-an-image',
    });
    for (const { file, detail } of dataset.report.skipped)
      if (/heic|6\.jpg/i.test(file)) expect(detail).toMatch(/convert it to JPEG/);
  });
});

describe('claims of many pixels', () => {
  it.each(['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)(
    'are read from the header of a %s',
    async (format) => {
      expect(await claimedPixels(await drawn(33, 17).toFormat(format).toBuffer())).toBe(33 * 17);
    },
  );

  it('are read from bitmaps, and are 0 for what is damaged', async () => {
    expect(await claimedPixels(bmp(picture))).toBe(4);
    expect(await claimedPixels(ppm(1, 30, 20))).toBe(600);
    const jpeg = await drawn().jpeg().toBuffer();
    for (let length = 0; length < 100; length++)
      expect(await claimedPixels(jpeg.subarray(0, length))).toBe(0);
  });

  it('above the limit are refused, with the way to raise it', async () => {
    const claim = await drawn().png().toBuffer();
    claim.writeUInt32BE(30_000, 16);
    claim.writeUInt32BE(30_000, 20);
    await expect(decodeImage(claim)).rejects.toMatchObject({
      message: expect.stringContaining('more than 64 megapixels') as string,
      hint: expect.stringContaining('DISTILL_MAX_MEGAPIXELS') as string,
    });
    expect([limitOf(undefined), limitOf('100'), limitOf('junk'), limitOf('-5'), limitOf('1e9')]).toEqual([
      64, 100, 64, 64, 1023,
    ]);
  });

  it('wait for each other: never more at a time than the budget, in order, whatever fails', async () => {
    const budget = new PixelBudget(100);
    let [now, most] = [0, 0];
    const order: number[] = [];
    const claims = [60, 60, 10, 100, 5, 250, 0, 40, 40, 40];
    const works = claims.map((pixels, i) =>
      budget.take(pixels, async () => {
        order.push(i);
        now += Math.min(pixels, 100);
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= Math.min(pixels, 100);
        if (i === 3) throw new Error('damaged');
      }),
    );
    const ended = await Promise.allSettled(works);
    expect(ended.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1);
    expect(order).toEqual(claims.map((_, i) => i));
    expect(most).toBeLessThanOrEqual(100);
    expect(now).toBe(0);
  });
});

it('pictures named like texts and tables are read, and what labels them stays a table', async () => {
  const jpeg = (red: number) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: 0, b: 0 } } })
      .jpeg()
      .toBuffer();
  const names = ['cat/1.txt', 'cat/2.json', 'dog/1.csv', 'dog/2.tsv', 'dog/3.dat'];
  const pictures = Object.fromEntries(
    await Promise.all(names.map(async (name, at) => [name, await jpeg(50 * at)] as const)),
  );
  const inFolders = await imported(folderOf({ ...pictures, 'cat/notes.txt': 'all of them are tame' }));
  expect(labels(inFolders)).toEqual({
    'cat/1.txt': 'cat',
    'cat/2.json': 'cat',
    'dog/1.csv': 'dog',
    'dog/2.tsv': 'dog',
    'dog/3.dat': 'dog',
  });
  expect(skips(inFolders)).toEqual({ 'cat/notes.txt': 'not-an-image' });
  const table = names.map((name) => `${name},${name === 'cat/1.txt' ? 'old' : 'new'}`);
  const inTable = await imported(folderOf({ ...pictures, 'train.csv': ['file,label', ...table].join('\n') }));
  expect(labels(inTable)).toMatchObject({ 'cat/1.txt': 'old', 'dog/1.csv': 'new' });
  expect(skips(inTable)).toEqual({});
});

describe('the files of a source', () => {
  const sorted = async (keys: string[], head: (key: string) => Buffer) => {
    const looked: string[] = [];
    let open = 0;
    let mostOpen = 0;
    const files = await sortFiles({
      keys,
      head: async (key) => {
        looked.push(key);
        mostOpen = Math.max(mostOpen, ++open);
        await Promise.resolve();
        open--;
        return head(key);
      },
    });
    return { ...files, looked, mostOpen };
  };

  const gif = Buffer.from('GIF89a');

  it('are looked into where the name is not that of an image', async () => {
    const clear = ['a.png', 'B.JPG'];
    const open = ['c.txt', 'd.json', 'f.csv', 'h.zip', 'j.mp4', 'k', 'l.jpg_large', 'm.dat', 'n.heic'];
    const { images, looked } = await sorted([...clear, ...open], () => gif);
    expect([...looked].sort()).toEqual(open);
    expect(images).toEqual([...clear, ...open]);
  });

  it('keep what their names say where they are no images', async () => {
    const heads: Record<string, string> = {
      'a.txt': 'P6 5\nP7 3\n',
      'b.html': '<html>',
      'c.json': '{}',
      'd.mp4': 'ftyp',
      'e.pdf': '%PDF',
    };
    const { images, others } = await sorted(Object.keys(heads), (key) => Buffer.from(heads[key]!));
    expect(images).toEqual([]);
    expect([...others].map(([key, { what }]) => [key, what])).toEqual([
      ['d.mp4', 'a video'],
      ['e.pdf', 'a PDF document'],
    ]);
  });

  it('of an extension that is rarely one of images are decided by a few of each folder', async () => {
    const texts = Array.from({ length: 5000 }, (_, at) => `labels/${at}.txt`);
    const pictures = Array.from({ length: 50 }, (_, at) => `cat/${at}.txt`);
    const isPicture = (key: string) => key.startsWith('cat/') && key !== 'cat/7.txt';
    const { images, looked } = await sorted([...pictures, ...texts], (key) =>
      isPicture(key) ? gif : Buffer.from('0 0.5 0.5 1 1'),
    );
    expect(images).toEqual(pictures.filter(isPicture));
    const other = looked.filter((key) => key.startsWith('labels/'));
    expect(other.length).toBeLessThan(20);
    expect(Number(path.parse(other.at(-1)!).name)).toBeGreaterThan(4000);
    expect(new Set(looked).size).toBe(looked.length);
  });

  it('are looked into few at a time', async () => {
    const keys = Array.from({ length: 2000 }, (_, at) => `notes/${at}`);
    const { images, looked, mostOpen } = await sorted(keys, () => Buffer.from('words'));
    expect([images.length, looked.length]).toEqual([0, 2000]);
    expect(mostOpen).toBeLessThanOrEqual(64);
  });
});
