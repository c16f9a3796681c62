import { DistillError } from '../../contract/errors.ts';
import type { RgbImage } from './rgb-image.ts';

/** The headers of a Windows bitmap (BITMAPFILEHEADER, then BITMAPCOREHEADER or BITMAPINFOHEADER and its successors). */
interface Header {
  width: number;
  height: number;
  topDown: boolean;
  bits: number;
  /** Where the pixels begin. */
  start: number;
  /** Blue, green, red and a fourth byte for each entry; empty where pixels are colours. */
  palette: Uint8Array;
  paletteStep: number;
}

const fileHeader = 14;
/** BI_RGB and, for 32 bits with the usual order of bytes, BI_BITFIELDS. */
const [uncompressed, bitFields] = [0, 3];

/** Width and height as the header claims them. Throws as decodeBmp does. */
export function bmpSize(bytes: Uint8Array): { width: number; height: number } {
  const { width, height } = readHeader(bytes);
  return { width, height };
}

/**
 * Reads an uncompressed Windows bitmap of 1, 4, 8, 24 or 32 bits; the fourth byte of 32 bits is passed over. Strict: all that
 * the header promises is there. Throws DistillError IMAGE_UNREADABLE.
 */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const { width, height, topDown, bits, start, palette, paletteStep } = readHeader(bytes);
  // Rows end on a multiple of four bytes.
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (start + stride * (height - 1) + Math.ceil((width * bits) / 8) > bytes.length)
    throw unreadable('it is cut off');
  const data = new Uint8Array(width * height * 3);
  const step = bits / 8;
  for (let y = 0; y < height; y++) {
    const row = start + stride * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 3;
      let [from, colours] = [row + x * step, bytes];
      if (bits <= 8) {
        const index = (bytes[row + ((x * bits) >> 3)]! >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
        from = index * paletteStep;
        colours = palette;
        if (from + 2 >= palette.length)
          throw unreadable(`a pixel has colour ${index}, which its palette lacks`);
      }
      data[to] = colours[from + 2]!;
      data[to + 1] = colours[from + 1]!;
      data[to + 2] = colours[from]!;
    }
  }
  return { width, height, data };
}

function readHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < fileHeader + 12) throw unreadable('it is cut off');
  const start = view.getUint32(10, true);
  const size = view.getUint32(fileHeader, true);
  if (bytes.length < fileHeader + size) throw unreadable('it is cut off');
  const old = size === 12;
  if (!old && size < 40) throw unreadable(`its header has ${size} bytes, which no bitmap's has`);
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = old ? uncompressed : view.getUint32(30, true);
  if (width <= 0 || signedHeight === 0) throw unreadable('its width or height is 0');
  if (![1, 4, 8, 24, 32].includes(bits))
    throw unreadable(`it has ${bits} bits a pixel; 1, 4, 8, 24 and 32 are read`);
  const fields = compression === bitFields && bits === 32 && usualFields(view, bytes.length);
  if (compression !== uncompressed && !fields)
    throw unreadable('it is compressed, which only few programs read');
  const paletteStart = fileHeader + size;
  const paletteStep = old ? 3 : 4;
  const used = old ? 0 : view.getUint32(46, true);
  const colours = bits <= 8 ? Math.min(used || 1 << bits, 1 << bits) : 0;
  if (start < paletteStart) throw unreadable('its pixels begin inside its header');
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    start,
    palette: bytes.subarray(paletteStart, Math.min(paletteStart + colours * paletteStep, start)),
    paletteStep,
  };
}

/** Whether the masks are the default of 32 bits without masks: blue, green, red, something else. */
const usualFields = (view: DataView, length: number): boolean =>
  length >= 66 &&
  view.getUint32(54, true) === 0xff0000 &&
  view.getUint32(58, true) === 0xff00 &&
  view.getUint32(62, true) === 0xff;

const unreadable = (why: string): DistillError =>
  new DistillError(
    'IMAGE_UNREADABLE',
    `The BMP image cannot be read: ${why}.`,
    'Save the image as PNG, or as an uncompressed bitmap.',
  );
