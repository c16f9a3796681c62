import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipContent {
  /** With forward slashes. */
  name: string;
  bytes: Uint8Array;
}

const UTF8_NAMES = 0x0800;
const DEFLATE = 8;
/** Version 2.0: the first that knows deflate. */
const VERSION = 20;

/** Local time as DOS has it: [time, date], in steps of two seconds, from 1980 on. */
function dosTime(time: Date): [number, number] {
  return [
    (time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1),
    (Math.max(0, time.getFullYear() - 1980) << 9) | ((time.getMonth() + 1) << 5) | time.getDate(),
  ];
}

/** A zip of a few small files in memory (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16; without zip64: below 4 GiB). */
export function zipFile(files: readonly ZipContent[], time: Date): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const fileName = Buffer.from(name);
    const packed = deflateRawSync(bytes);
    // What local header and directory have in common.
    const header = Buffer.alloc(26);
    const [dosClock, dosDate] = dosTime(time);
    header.writeUInt16LE(VERSION, 0);
    header.writeUInt16LE(UTF8_NAMES, 2);
    header.writeUInt16LE(DEFLATE, 4);
    header.writeUInt16LE(dosClock, 6);
    header.writeUInt16LE(dosDate, 8);
    header.writeUInt32LE(crc32(bytes), 10);
    header.writeUInt32LE(packed.length, 14);
    header.writeUInt32LE(bytes.length, 18);
    header.writeUInt16LE(fileName.length, 22);
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), header, fileName, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from([0x50, 0x4b, 1, 2, VERSION, 0]), header, place, fileName);
    offset += 4 + header.length + fileName.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
