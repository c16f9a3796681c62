import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../electron/engine/data/image.ts';
import { ppm } from './fixture.ts';

const refused = (bytes: Uint8Array) =>
  expect(decodeImage(bytes)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
const plain = (
  background: string | { r: number; g: number; b: number; alpha: number },
  channels: 3 | 4 = 3,
) => sharp({ create: { width: 4, height: 2, channels, background } });

describe('PPM', () => {
  it('reads pixels in order, with comments and any white space in the header', async () => {
    const bytes = Buffer.concat([
      Buffer.from('P6 # made by hand\n2\t1 # size\r\n255\n'),
      Buffer.from([1, 2, 3, 4, 5, 6]),
    ]);
    expect(await decodeImage(bytes)).toEqual({ width: 2, height: 1, data: bytes.subarray(-6) });
  });

  it('keeps a first pixel that looks like white space', async () => {
    const { data } = await decodeImage(
      Buffer.concat([Buffer.from('P6\n1 1\n255\n'), Buffer.from([10, 32, 35])]),
    );
    expect([...data]).toEqual([10, 32, 35]);
  });

  it.each([
    ['cut off', ppm(7).subarray(0, -1)],
    ['too long', Buffer.concat([ppm(7), Buffer.of(0)])],
    ['16 bits', Buffer.from('P6\n1 1\n65535\n123456')],
    ['no size', Buffer.from('P6\nx 1\n255\n')],
    ['negative', Buffer.from('P6\n-1 1\n255\n')],
    ['zero', Buffer.from('P6\n0 1\n255\n')],
    ['huge', Buffer.from('P6\n999999999 999999999\n255\nabc')],
    ['header only', Buffer.from('P6\n1 1')],
    ['text form', Buffer.from('P3\n1 1\n255\n1 2 3\n')],
  ])('refuses one that is %s', (_, bytes) => refused(bytes));
});

describe('other formats', () => {
  it('decodes PNG and WebP to the very pixels, JPEG closely', async () => {
    const png = await decodeImage(await plain('#c86432').png().toBuffer());
    expect(png).toMatchObject({ width: 4, height: 2 });
    expect([...png.data.subarray(0, 3)]).toEqual([200, 100, 50]);
    const webp = await decodeImage(await plain('#c86432').webp({ lossless: true }).toBuffer());
    expect([...webp.data]).toEqual([...png.data]);
    const jpeg = await decodeImage(
      await plain('#c86432').jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
    );
    jpeg.data.forEach((value, at) => expect(Math.abs(value - png.data[at]!)).toBeLessThanOrEqual(3));
  });

  it('says why in the same words while others are decoded', async () => {
    const broken = (await plain('#c86432').png().toBuffer()).subarray(0, -20);
    const huge = await sharp({ create: { width: 8200, height: 8200, channels: 3, background: '#000' } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    const reason = (bytes: Uint8Array) =>
      decodeImage(bytes).catch((error: unknown) => (error as Error).message);
    const reasons = await Promise.all([...new Array<Buffer>(40).fill(broken), huge].map(reason));
    expect([...new Set(reasons)]).toEqual([
      'The image cannot be decoded: it is damaged or cut off.',
      'The image cannot be decoded: it has more than 64 megapixels, a limit that DISTILL_MAX_MEGAPIXELS raises.',
    ]);
  });

  it('makes RGB of grey, of 16 bits and of transparency', async () => {
    const grey = await decodeImage(await plain('#808080').greyscale().png().toBuffer());
    expect([...grey.data]).toEqual(new Array(24).fill(128));
    const deep = await decodeImage(await plain('#ff8040').toColourspace('rgb16').png().toBuffer());
    expect([...deep.data.subarray(0, 3)]).toEqual([255, 128, 64]);
    const half = await decodeImage(await plain({ r: 200, g: 100, b: 50, alpha: 0 }, 4).png().toBuffer());
    expect([...half.data]).toEqual(new Array(24).fill(0));
  });

  it('turns a photograph as its EXIF orientation says', async () => {
    const turned = await plain('#ff0000').withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await decodeImage(turned)).toMatchObject({ width: 2, height: 4 });
  });

  it('refuses what is cut off, empty or of another format', async () => {
    const noise = { type: 'gaussian', mean: 120, sigma: 40 } as const;
    const jpeg = await sharp({ create: { width: 200, height: 100, channels: 3, background: '#fff', noise } })
      .jpeg()
      .toBuffer();
    await refused(jpeg.subarray(0, jpeg.length / 2));
    const png = await plain('#123456').png().toBuffer();
    await refused(png.subarray(0, 50));
    await refused(Buffer.alloc(0));
    await refused(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
    await refused(Buffer.from('no image at all'));
  });
});
