import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, crc32, inflateRaw, inflateRawSync } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { SkippedFile } from '../../../contract/dataset.ts';
import { DistillError, systemFaultOf } from '../../../contract/errors.ts';
import { fileError, isSystemError } from '../../../platform/files.ts';
import { isParquet } from './parquet.ts';
import { compareKeys, isClutter, maxFileBytes, noSuchKey, type Source, stopIfAborted } from './source.ts';
import { copyEntry } from './zip-copy.ts';
import { ZipReader } from './zip-reader.ts';

/** What an archive may claim before it is refused. Only Parquet files are unpacked to disk: these guard memory and time. */
const limits = {
  entries: 2_000_000,
  totalBytes: 512 * 1024 ** 3,
  /** Uncompressed to compressed; images and tables stay below 20, deflate's own limit is 1032. */
  ratio: 200,
  /** A small entry may compress well and does no harm. */
  ratioFrom: 1024 ** 2,
};

const inflate = promisify(inflateRaw);

export interface ZipSource extends Source {
  /** An entry's bytes, unpacked. */
  sizeOf(key: string): number;
  /** Unpacks an entry into a file that is there. Throws NOT_FOUND, ARCHIVE_CORRUPT, CANCELLED or what is wrong with the disk. */
  copy(key: string, target: string, signal?: AbortSignal): Promise<void>;
}

/**
 * The entries of a zip, read one by one at random. Throws ARCHIVE_CORRUPT where the file is no whole
 * zip, has encrypted entries or names that leave the archive, and ARCHIVE_LIMIT where it would unpack to too much.
 */
export async function openZip(file: string, signal?: AbortSignal): Promise<ZipSource> {
  const corrupt = (why: string, cause?: unknown) =>
    new DistillError(
      'ARCHIVE_CORRUPT',
      `The archive "${file}" cannot be read: ${why}.`,
      'Download or pack the archive again.',
      { cause },
    );
  const bytes = await open(file).catch((cause: unknown) => {
    throw fileError(cause, file);
  });
  let zip: ZipFile | null = null;
  const close = async () => {
    zip?.close();
    await bytes.close();
  };
  try {
    const reader = new ZipReader(bytes);
    const archive = (zip = await yauzl.fromRandomAccessReaderPromise(reader, (await bytes.stat()).size, {
      autoClose: false,
    }));
    const { entries, skipped } = await listEntries(archive, file, corrupt, signal);
    reader.listed();
    const named = async <T>(key: string, work: (entry: Entry) => Promise<T>): Promise<T> => {
      const entry = entries.get(key);
      if (!entry) throw noSuchKey(key);
      return work(entry).catch((cause: unknown) => {
        stopIfAborted(signal);
        if (systemFaultOf(cause)) throw fileError(cause, file);
        throw corrupt(`entry "${key}": ${reasonOf(cause)}`, cause);
      });
    };
    return {
      keys: [...entries.keys()].sort(compareKeys),
      skipped,
      notes: [],
      places: [file],
      read: (key) => named(key, (entry) => readEntry(archive, bytes, entry)),
      sizeOf: (key) => entries.get(key)?.uncompressedSize ?? 0,
      copy: (key, target, stop) =>
        named(key, async (entry) => {
          const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
          await copyEntry(bytes, entry, fileDataStart, target, stop);
        }),
      head: (key, length) => named(key, (entry) => readEntryHead(archive, bytes, entry, length)),
      close,
    };
  } catch (error) {
    await close();
    if (error instanceof DistillError) throw error;
    throw systemFaultOf(error) ? fileError(error, file) : corrupt(reasonOf(error), error);
  }
}

async function listEntries(
  zip: ZipFile,
  file: string,
  corrupt: (why: string) => DistillError,
  signal: AbortSignal | undefined,
): Promise<{ entries: Map<string, Entry>; skipped: SkippedFile[] }> {
  const tooMuch = (what: string) =>
    new DistillError(
      'ARCHIVE_LIMIT',
      `The archive "${file}" is refused: ${what}.`,
      'Unpack it with a tool that you trust and import the folder.',
    );
  if (zip.entryCount > limits.entries)
    throw tooMuch(`${zip.entryCount} entries are more than the limit of ${limits.entries}`);
  const entries = new Map<string, Entry>();
  const skipped: SkippedFile[] = [];
  let total = 0;
  // yauzl itself refuses absolute names and names with '..', and checks every size while it reads.
  for await (const entry of zip.eachEntry()) {
    stopIfAborted(signal);
    const { uncompressedSize: size, compressedSize } = entry;
    const name = nameOf(entry);
    total += size;
    // Parquet files are read page by page, never as a whole.
    if (size > maxFileBytes && !isParquet(name))
      throw tooMuch(`entry "${name}" has ${size} bytes, more than the limit of ${maxFileBytes}`);
    if (size > limits.ratioFrom && size > limits.ratio * compressedSize) {
      throw tooMuch(`entry "${name}" would grow more than ${limits.ratio} times`);
    }
    if (total > limits.totalBytes)
      throw tooMuch(`its entries have more than ${limits.totalBytes} bytes together`);
    if (name.endsWith('/') || isClutter(name)) continue;
    if (isLink(entry)) {
      skipped.push({ file: name, reason: 'link', detail: 'a link, and links in archives are not followed' });
      continue;
    }
    if (entries.has(name)) {
      const detail = 'the archive holds it twice, and the first one counts';
      skipped.push({ file: name, reason: 'duplicate', detail });
      continue;
    }
    if (entry.isEncrypted()) throw corrupt(`entry "${name}" is encrypted`);
    if (!entry.canDecodeFileData())
      throw corrupt(
        `entry "${name}" has compression method ${entry.compressionMethod}, and only deflate is read`,
      );
    entries.set(name, entry);
  }
  // Entries that share their compressed bytes each look harmless; together they do not.
  if (total > limits.ratioFrom && total > limits.ratio * zip.fileSize)
    throw tooMuch(`it would grow more than ${limits.ratio} times`);
  return { entries, skipped };
}

/** At one go: the streams that yauzl offers cost more than a small image itself. */
async function readEntry(zip: ZipFile, file: FileHandle, entry: Entry): Promise<Uint8Array> {
  const { compressedSize, uncompressedSize } = entry;
  // Deflate makes hardly more of a file than it was: a false claim must not cost memory.
  if (compressedSize > 2 * uncompressedSize + 65536) throw new Error('its compressed size cannot be right');
  // yauzl would close the file a second time.
  if (!zip.isOpen) throw new Error('the archive was closed');
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = Buffer.allocUnsafe(compressedSize);
  const { bytesRead } = await file.read(packed, 0, compressedSize, fileDataStart);
  if (bytesRead < compressedSize) throw new Error('it is cut off');
  const bytes =
    entry.compressionMethod === 0
      ? packed
      : await inflate(packed, { maxOutputLength: uncompressedSize + 1 }).catch((thrown: unknown) => {
          throw isSystemError(thrown, 'ERR_BUFFER_TOO_LARGE') ? wrongSize() : thrown;
        });
  if (bytes.length !== uncompressedSize) throw wrongSize();
  if (crc32(bytes) !== entry.crc32) throw new Error('its checksum does not match');
  return bytes;
}

/** Bytes of an entry that its first 512 are unpacked from, at least. */
const packedHead = 1024;
/** A local header without its name and extra fields. */
const localHeader = 30;
/** Extra fields of the usual packers are shorter. */
const usualExtra = 64;

/** In one read where the header is as long as usual: archives hold these by the hundred thousand. */
async function readEntryHead(
  zip: ZipFile,
  file: FileHandle,
  entry: Entry,
  length: number,
): Promise<Uint8Array> {
  if (!zip.isOpen) throw new Error('the archive was closed');
  const at = entry.relativeOffsetOfLocalHeader;
  const read = async (start: number, count: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(count), 0, count, start);
    return buffer.subarray(0, bytesRead);
  };
  const packed = Math.min(entry.compressedSize, packedHead);
  const first = await read(at, localHeader + entry.fileNameLength + usualExtra + packed);
  if (first.length < localHeader || first.readUInt32LE(0) !== 0x04034b50)
    throw new Error('its header is damaged');
  const start = localHeader + first.readUInt16LE(26) + first.readUInt16LE(28);
  const there =
    start + packed <= first.length ? first.subarray(start, start + packed) : await read(at + start, packed);
  if (entry.compressionMethod === 0) return there.subarray(0, length);
  // Cut off on purpose: what is there is unpacked, at once since so little takes longer to hand to a thread. Deflate's own
  // limit of 1032 times bounds it.
  return inflateRawSync(there, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, length);
}

const wrongSize = () => new Error('its size does not match');

/** Names without the flag for UTF-8 are UTF-8 all the same where they are valid, as from macOS; else CP437, as the format has it. */
function nameOf({ fileName, fileNameRaw, generalPurposeBitFlag, extraFields }: Entry): string {
  const isDeclared =
    (generalPurposeBitFlag & 0x800) !== 0 || extraFields.some(({ id }) => id === unicodePath);
  if (isDeclared || !isUtf8(fileNameRaw)) return fileName;
  return fileNameRaw.toString('utf8').replaceAll('\\', '/');
}

/** The extra field of Info-ZIP with a name in Unicode, which yauzl reads. */
const unicodePath = 0x7075;

/** Unix packers keep a symbolic link as an entry whose content is the target's path. */
function isLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}

function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
}
