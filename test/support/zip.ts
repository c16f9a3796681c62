import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** Bytes: as they are. */
  name: string | Uint8Array;
  bytes: Uint8Array;
  deflate?: boolean;
  /** What the headers claim instead of the truth. */
  claim?: { size?: number; crc?: number; flags?: number; method?: number; mode?: number };
}

/** Writes a zip (PKWARE APPNOTE 4.3, no zip64); entries may lie, which no packer offers. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const utf8 = 0x0800;
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, deflate = false, claim = {} } of entries) {
    const fileName = Buffer.from(name);
    const packed = deflate ? deflateRawSync(bytes) : Buffer.from(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(claim.flags ?? utf8, 2);
    common.writeUInt16LE(claim.method ?? (deflate ? 8 : 0), 4);
    common.writeUInt32LE(claim.crc ?? crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claim.size ?? bytes.length, 18);
    common.writeUInt16LE(fileName.length, 22);
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), common, fileName, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((claim.mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, fileName);
    offset += 30 + fileName.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
