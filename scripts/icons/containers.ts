/** A square image. */
export interface Rendered {
  /** Pixels. */
  side: number;
  png: Buffer;
}

/** Windows' ICO: a 6-byte head, a 16-byte entry for each image, then the PNGs (all of Windows since Vista reads them). */
export function ico(images: readonly Rendered[]): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16LE(1, 2); // an icon, not a cursor
  head.writeUInt16LE(images.length, 4);
  let offset = 6 + 16 * images.length;
  const entries = images.map(({ side, png }) => {
    const entry = Buffer.alloc(16);
    // 256 does not fit the byte and is written as 0.
    entry.writeUInt8(side % 256, 0);
    entry.writeUInt8(side % 256, 1);
    entry.writeUInt16LE(1, 4); // planes
    entry.writeUInt16LE(32, 6); // bits a pixel
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([head, ...entries, ...images.map(({ png }) => png)]);
}

/** Types of ICNS that hold a PNG, by side; those of "@2x" sizes as well, which macOS looks for by type. */
const icnsTypes: Readonly<Record<number, readonly string[]>> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};

/** Apple's ICNS: 'icns' and the whole length, then for each image its type, its length with these 8 bytes, and the PNG; big-endian. */
export function icns(images: readonly Rendered[]): Buffer {
  const blocks = images.flatMap(({ side, png }) =>
    (icnsTypes[side] ?? []).map((type) => Buffer.concat([headOf(type, png.length), png])),
  );
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  return Buffer.concat([headOf('icns', length), ...blocks]);
}

function headOf(type: string, contentLength: number): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(contentLength + 8, 4);
  return head;
}
