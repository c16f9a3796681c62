import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { DistillError } from '../../../contract/errors.ts';
import { compareKeys, isClutter, maxFileBytes, noSuchKey, type Source, stopIfAborted } from './source.ts';

/** What an archive may claim before it is refused. Nothing is ever unpacked to disk, so these guard memory and time. */
const limits = {
  entries: 2_000_000,
  totalBytes: 512 * 1024 ** 3,
  /** Uncompressed to compressed; images and tables stay below 20, deflate's own limit is 1032. */
  ratio: 200,
  /** A small entry may compress well and does no harm. */
  ratioFrom: 1024 ** 2,
};

/**
 * The entries of a zip, read one by one at random, never unpacked. Throws ARCHIVE_CORRUPT where the file is no whole
 * zip, has encrypted entries or names that leave the archive, and ARCHIVE_LIMIT where it would unpack to too much.
 */
export async function openZip(file: string, signal?: AbortSignal): Promise<Source> {
  const corrupt = (why: string, cause?: unknown) =>
    new DistillError(
      'ARCHIVE_CORRUPT',
      `The archive "${file}" cannot be read: ${why}.`,
      'Download or pack the archive again.',
      { cause },
    );
  const zip = await yauzl.openPromise(file, { autoClose: false }).catch((cause: unknown) => {
    throw corrupt(reasonOf(cause), cause);
  });
  try {
    const entries = await listEntries(zip, file, corrupt, signal);
    return {
      keys: [...entries.keys()].sort(compareKeys),
      read: async (key) => {
        const entry = entries.get(key);
        if (!entry) throw noSuchKey(key);
        return readEntry(zip, entry).catch((cause: unknown) => {
          throw corrupt(`entry "${key}": ${reasonOf(cause)}`, cause);
        });
      },
      close: async () => {
        if (!zip.isOpen) return;
        const closed = new Promise((resolve) => zip.once('close', resolve));
        zip.close();
        await closed;
      },
    };
  } catch (error) {
    zip.close();
    throw error instanceof DistillError ? error : corrupt(reasonOf(error), error);
  }
}

async function listEntries(
  zip: ZipFile,
  file: string,
  corrupt: (why: string) => DistillError,
  signal: AbortSignal | undefined,
): Promise<Map<string, Entry>> {
  const tooMuch = (what: string) =>
    new DistillError(
      'ARCHIVE_LIMIT',
      `The archive "${file}" is refused: ${what}.`,
      'Unpack it with a tool that you trust and import the folder.',
    );
  if (zip.entryCount > limits.entries)
    throw tooMuch(`${zip.entryCount} entries are more than the limit of ${limits.entries}`);
  const entries = new Map<string, Entry>();
  let total = 0;
  // yauzl itself refuses absolute names and names with '..', and checks every size while it reads.
  for await (const entry of zip.eachEntry()) {
    stopIfAborted(signal);
    const { fileName: name, uncompressedSize: size, compressedSize } = entry;
    total += size;
    if (size > maxFileBytes)
      throw tooMuch(`entry "${name}" has ${size} bytes, more than the limit of ${maxFileBytes}`);
    if (size > limits.ratioFrom && size > limits.ratio * compressedSize) {
      throw tooMuch(`entry "${name}" would grow more than ${limits.ratio} times`);
    }
    if (total > limits.totalBytes)
      throw tooMuch(`its entries have more than ${limits.totalBytes} bytes together`);
    if (name.endsWith('/') || isClutter(name) || isLink(entry)) continue;
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
  return entries;
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) throw new Error('its checksum does not match');
  return bytes;
}

/** Unix packers keep a symbolic link as an entry whose content is the target's path. */
function isLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}

function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
}
