import { pipeline, Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

export interface ZipContent {
  /** With forward slashes. */
  name: string;
  /** Read once, when its turn has come. */
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const SIGNATURE = { local: 0x04034b50, descriptor: 0x08074b50, entry: 0x02014b50, end: 0x06054b50 } as const;
/** Lengths and checksum follow the content; names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATE = 8;
/** Version 2.0: the first that knows deflate. */
const VERSION = 20;
/** Most that a zip without zip64 holds. */
export const MAX_ZIP_BYTES = 0xffff_0000;

interface Sums {
  crc: number;
  packed: number;
  size: number;
}

/** Local time as DOS has it: [time, date], in steps of two seconds, from 1980 on. */
function dosTime(time: Date): [number, number] {
  return [
    (time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1),
    (Math.max(0, time.getFullYear() - 1980) << 9) | ((time.getMonth() + 1) << 5) | time.getDate(),
  ];
}

/**
 * A zip, chunk by chunk, whose contents are read as it grows (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.9, 4.3.12 and 4.3.16; without
 * zip64: below `MAX_ZIP_BYTES`). Rejects with what reading a content throws.
 */
export async function* zipChunks(files: Iterable<ZipContent>, time: Date): AsyncGenerator<Buffer> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const fileName = Buffer.from(name);
    const sums: Sums = { crc: 0, packed: 0, size: 0 };
    const local = Buffer.concat([
      numbers([4, SIGNATURE.local]),
      header({ crc: 0, packed: 0, size: 0 }, fileName, time),
      fileName,
    ]);
    yield local;
    yield* deflated(bytes, sums);
    const descriptor = numbers([4, SIGNATURE.descriptor], [4, sums.crc], [4, sums.packed], [4, sums.size]);
    yield descriptor;
    directory.push(
      numbers([4, SIGNATURE.entry], [2, VERSION]),
      header(sums, fileName, time),
      // Comment, disk and attributes: none.
      numbers([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]),
      fileName,
    );
    offset += local.length + sums.packed + descriptor.length;
  }
  const central = Buffer.concat(directory);
  const count = directory.length / 4;
  yield central;
  yield numbers(
    [4, SIGNATURE.end],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, central.length],
    [4, offset],
    [2, 0],
  );
}

/** The same of what is in memory already. */
export async function zipFile(
  files: readonly { name: string; bytes: Uint8Array }[],
  time: Date,
): Promise<Buffer> {
  const contents = files.map(({ name, bytes }) => ({ name, bytes: [bytes] }));
  const chunks: Buffer[] = [];
  for await (const chunk of zipChunks(contents, time)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a local header and the directory have in common. */
function header({ crc, packed, size }: Sums, fileName: Buffer, time: Date): Buffer {
  const [clock, date] = dosTime(time);
  return numbers(
    [2, VERSION],
    [2, FLAGS],
    [2, DEFLATE],
    [2, clock],
    [2, date],
    [4, crc],
    [4, packed],
    [4, size],
    [2, fileName.length],
    // No extra field.
    [2, 0],
  );
}

async function* deflated(bytes: ZipContent['bytes'], sums: Sums): AsyncGenerator<Buffer> {
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      sums.crc = crc32(chunk, sums.crc);
      sums.size += chunk.length;
      yield chunk;
    }
  }
  const deflate = createDeflateRaw();
  // What reading throws comes out of `deflate`.
  pipeline(Readable.from(counted(), { objectMode: false }), deflate, () => undefined);
  for await (const chunk of deflate as AsyncIterable<Buffer>) {
    sums.packed += chunk.length;
    yield chunk;
  }
}

/** Unsigned integers of so many bytes each, little-endian. */
function numbers(...fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}
