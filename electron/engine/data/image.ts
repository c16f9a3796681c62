import sharp from 'sharp';
import { DistillError } from '../../contract/errors.ts';
import { decodePpm, isPpm } from './ppm.ts';

// Many small images at a time: threads for the parts of one would only wait for each other, and no result is asked for twice.
sharp.concurrency(1);
sharp.cache(false);

/** A decoded image: 8-bit RGB, row-major, without padding (`data.length === width * height * 3`). */
export interface RgbImage {
  width: number;
  height: number;
  data: Uint8Array;
}

/** 64 megapixels, 192 MiB decoded: far above any photograph to classify, far below what exhausts memory. */
export const maxPixels = 64 * 1024 * 1024;

/** Endings of the files that an import takes for images, lower case. */
export const imageExtensions: ReadonlySet<string> = new Set(['.ppm', '.png', '.jpg', '.jpeg', '.webp']);

const signatures: Record<string, (bytes: Buffer) => boolean> = {
  png: (bytes) => bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n',
  jpeg: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff,
  webp: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
};

/**
 * Decodes PPM (P6), PNG, JPEG or WebP to RGB. EXIF orientation is applied, transparency lies on black, greys and
 * palettes become RGB, 16 bits become 8. Works in worker threads.
 * Throws DistillError IMAGE_UNREADABLE for anything cut off, damaged, too large or of another format.
 */
export async function decodeImage(bytes: Uint8Array): Promise<RgbImage> {
  if (isPpm(bytes)) return decodePpm(bytes, maxPixels);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // libvips also loads SVG, TIFF and others; a dataset has no need of those loaders' attack surface.
  if (!Object.values(signatures).some((matches) => matches(buffer))) {
    throw unreadable(bytes.length === 0 ? 'it is empty' : 'it is none of PPM (P6), PNG, JPEG and WebP');
  }
  try {
    const { data, info } = await sharp(buffer, {
      failOn: 'truncated',
      limitInputPixels: maxPixels,
      autoOrient: true,
    })
      .flatten()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    // libvips keeps one error text for all threads of a process: it may tell of another image, so only sharp's own is heeded.
    const isTooLarge = cause instanceof Error && cause.message.includes('pixel limit');
    throw unreadable(isTooLarge ? 'it has more than 64 megapixels' : 'it is damaged or cut off', cause);
  }
}

function unreadable(why: string, cause?: unknown): DistillError {
  const hint = 'Replace the file by a whole PPM (P6), PNG, JPEG or WebP image.';
  return new DistillError('IMAGE_UNREADABLE', `The image cannot be decoded: ${why}.`, hint, { cause });
}
