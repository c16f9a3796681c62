import sharp, { type Metadata } from 'sharp';
import { DistillError } from '../../contract/errors.ts';
import { decodeBmp } from './bmp.ts';
import { fileKind, type ImageFormat, readFormats } from './image-kind.ts';
import { claimedPixels } from './image-size.ts';
import { decodePpm } from './ppm.ts';
import type { RgbImage } from './rgb-image.ts';
import { endingOf } from './source/source.ts';

// Many small images at a time: threads for the parts of one would only wait for each other, and no result is asked for twice.
sharp.concurrency(1);
sharp.cache(false);

/** The environment's variable that raises the limit, in megapixels. */
const limitVariable = 'DISTILL_MAX_MEGAPIXELS';
const megapixel = 1024 * 1024;
/** 192 MiB decoded: far above any photograph to classify, far below what exhausts memory. */
const defaultMegapixels = 64;
/** What sharp itself takes at most: 32,767 pixels a side. */
const mostMegapixels = 1023;

/** More pixels than this are refused by the header. */
export const maxPixels = limitOf(process.env[limitVariable]) * megapixel;

export function limitOf(given: string | undefined): number {
  const megapixels = Number(given);
  return megapixels >= 1 ? Math.min(megapixels, mostMegapixels) : defaultMegapixels;
}

/** Endings of the files that an import takes for images without a look into them, lower case. */
export const imageExtensions: ReadonlySet<string> = new Set([
  '.ppm',
  '.png',
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.webp',
  '.gif',
  '.bmp',
  '.dib',
  '.tif',
  '.tiff',
  '.avif',
]);

export const hasImageEnding = (name: string): boolean => imageExtensions.has(endingOf(name));

/**
 * Decodes an image, whatever its name, to RGB: of several frames or pages the first. EXIF orientation is applied, an embedded
 * colour profile is converted to sRGB, transparency lies on black, greys, palettes and CMYK become RGB, 16 bits become 8. Works
 * in worker threads. Throws DistillError IMAGE_UNREADABLE for anything cut off, damaged, too large or of another format.
 */
export async function decodeImage(bytes: Uint8Array): Promise<RgbImage> {
  const kind = fileKind(bytes);
  // libvips also loads SVG and others; a dataset has no need of those loaders' attack surface.
  if (!kind) throw unreadable(bytes.length === 0 ? 'it is empty' : `it is not one of ${readFormats}`);
  if ('what' in kind) {
    const hint = `${kind.remedy[0]!.toUpperCase()}${kind.remedy.slice(1)}.`;
    throw new DistillError(
      'IMAGE_UNREADABLE',
      `The image cannot be decoded: it is ${kind.what}; ${kind.remedy}.`,
      hint,
    );
  }
  const pixels = await claimedPixels(bytes);
  if (pixels > maxPixels) throw tooLarge();
  if (kind.format === 'ppm') return decodePpm(bytes);
  if (kind.format === 'bmp') return decodeBmp(bytes);
  return decodeBySharp(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), kind.format);
}

async function decodeBySharp(buffer: Buffer, format: ImageFormat): Promise<RgbImage> {
  try {
    const image = sharp(buffer, { failOn: 'truncated', limitInputPixels: maxPixels, autoOrient: true });
    if (format === 'tiff') refuseMeasurements(await image.metadata());
    const { data, info } = await image
      .flatten()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    if (cause instanceof DistillError) throw cause;
    // libvips keeps one error text for all threads of a process: it may be about another image, so only sharp's own is used.
    const isTooLarge = cause instanceof Error && cause.message.includes('pixel limit');
    throw isTooLarge ? tooLarge() : unreadable('it is damaged or cut off', cause);
  }
}

/** TIFF also holds what is no picture: heights, spectra, sums. Squeezed into 8 bits they would be black, in silence. */
function refuseMeasurements({ depth, channels, subifds }: Metadata): void {
  if (depth !== 'uchar' && depth !== 'ushort')
    throw unreadable(`its values are of the kind "${depth}"; images of 8 and 16 bits are read`);
  if (channels > 4) throw unreadable(`it has ${channels} channels; images of up to 4 are read`);
  if (subifds !== undefined && subifds > 0)
    throw unreadable(
      'it is a raw photograph of a camera, of which only the thumbnail could be read; convert it to JPEG or PNG',
    );
}

function tooLarge(): DistillError {
  return new DistillError(
    'IMAGE_UNREADABLE',
    // The import report shows this sentence alone.
    `The image cannot be decoded: it has more than ${maxPixels / megapixel} megapixels, a limit that ${limitVariable} raises.`,
    `Save it smaller, or set ${limitVariable} to a larger limit before the program starts.`,
  );
}

function unreadable(why: string, cause?: unknown): DistillError {
  const hint = `Replace the file by a whole image: ${readFormats} are read.`;
  return new DistillError('IMAGE_UNREADABLE', `The image cannot be decoded: ${why}.`, hint, { cause });
}
