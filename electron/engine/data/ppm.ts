import { DistillError } from '../../contract/errors.ts';
import type { RgbImage } from './rgb-image.ts';

/** Whether the bytes start as a binary pixmap does. */
const isPpm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x36 && (isSpace(bytes[2]) || bytes[2] === 0x23);

/**
 * Reads one 8-bit P6 pixmap (netpbm's ppm(5)); `data` is a view of `bytes`, not a copy.
 * Strict: the header's numbers are plain decimals, the maximum is 255 and the raster is exactly as long as the header
 * says. Throws DistillError IMAGE_UNREADABLE.
 */
export function decodePpm(bytes: Uint8Array): RgbImage {
  const { width, height, start } = readPpmHeader(bytes);
  const need = width * height * 3;
  const have = bytes.length - start;
  if (have !== need) throw unreadable(`its header promises ${need} bytes of pixels and ${have} are there`);
  return { width, height, data: bytes.subarray(start) };
}

/** Its size, and where its pixels begin. Throws as decodePpm does. */
export function readPpmHeader(bytes: Uint8Array): { width: number; height: number; start: number } {
  if (!isPpm(bytes)) throw unreadable('it does not start with "P6"');
  let at = 2;
  const number = (what: string): number => {
    const start = (at = skipSpace(bytes, at));
    let value = 0;
    for (; isDigit(bytes[at]); at++) value = value * 10 + (bytes[at]! - 0x30);
    if (at === start || at - start > 9) throw unreadable(`its header has no valid ${what}`);
    return value;
  };
  const width = number('width');
  const height = number('height');
  const maximum = number('maximum');
  if (width === 0 || height === 0) throw unreadable('its width or height is 0');
  if (maximum !== 255) throw unreadable(`its maximum is ${maximum}, and only 255 (8 bits) is read`);
  if (!isSpace(bytes[at])) throw unreadable('no white space ends its header');
  return { width, height, start: at + 1 };
}

/** The next byte that is neither white space nor part of a comment ('#' to the end of its line). */
function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    if (isSpace(bytes[at])) at++;
    else if (bytes[at] === 0x23) while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++;
    else return at;
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

const isSpace = (byte: number | undefined): boolean =>
  byte !== undefined && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));

function unreadable(why: string): DistillError {
  return new DistillError(
    'IMAGE_UNREADABLE',
    `The PPM image cannot be read: ${why}.`,
    'Replace the file by a whole P6 pixmap with 8 bits a channel.',
  );
}
