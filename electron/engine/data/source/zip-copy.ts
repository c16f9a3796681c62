import { createWriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import type { Entry } from 'yauzl';

/**
 * Unpacks an entry whose packed bytes begin at `start` into a file that is there, piece by piece. Throws where it is cut off,
 * damaged or of another size than the archive states: then the file holds a part of it.
 */
export async function copyEntry(
  archive: FileHandle,
  { compressedSize, uncompressedSize, compressionMethod, crc32: expected }: Entry,
  start: number,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  if (compressedSize === 0) throw new Error('it is empty');
  const packed = archive.createReadStream({ start, end: start + compressedSize - 1, autoClose: false });
  let size = 0;
  let checksum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      if (size > uncompressedSize) {
        done(new Error('its size does not match'));
        return;
      }
      checksum = crc32(chunk, checksum);
      done(null, chunk);
    },
  });
  const out = createWriteStream(target, { flags: 'r+' });
  const options = signal ? { signal } : {};
  if (compressionMethod === 0) await pipeline(packed, check, out, options);
  else await pipeline(packed, createInflateRaw(), check, out, options);
  if (size !== uncompressedSize) throw new Error('its size does not match');
  if (checksum !== expected) throw new Error('its checksum does not match');
}
