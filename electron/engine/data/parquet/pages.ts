import type { ColumnMetaData, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from 'hyparquet/src/delta.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { compressors, decompressZstd } from 'hyparquet-compressors';
import { readRuns } from './runs.ts';
import { CutOff, structEnd } from './thrift.ts';

/** A value of a column as it is stored; null where the row has none. */
export type Cell = Uint8Array | string | number | bigint | boolean | null;

/** Reads a piece of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/** One column in one group of rows. */
export interface Chunk {
  meta: ColumnMetaData;
  /** From the root of the schema to the column. */
  path: SchemaTree[];
  /** Rows of the group. */
  rows: number;
}

/** A page of values, and which rows of its group they are. */
export interface Page {
  /** Of the page's body in the file. */
  offset: number;
  header: PageHeader;
  firstRow: number;
  rows: number;
}

export interface Pages {
  dictionary: Page | null;
  data: Page[];
}

/** 1 GiB; writers aim at 1 MiB. */
const maxPageBytes = 1024 ** 3;
/** Compressed to uncompressed, above the first MiB: images do not compress, and lists of numbers not so much. */
const maxRatio = 1000;
/** Beginnings of a page that are read to find its header; statistics in it may be long. */
const headerBytes = [4 * 1024, 256 * 1024, 8 * 1024 * 1024];
const maxPages = 1_000_000;

/** Zstandard's frames state their length; that of the page's header is checked. */
const codecs = {
  ...compressors,
  ZSTD: (bytes: Uint8Array, length: number) => decompressZstd(bytes, new Uint8Array(length)),
};

/** The pages of a column, by their headers alone. Throws Error where they cannot be right. */
export async function listPages({ meta, path, rows }: Chunk, read: ReadAt, size: number): Promise<Pages> {
  if (path.slice(1).some(({ element }) => element.repetition_type === 'REPEATED'))
    throw new Error(`the column ${meta.path_in_schema.join('.')} holds lists`);
  const first = Number(meta.data_page_offset);
  const dictionary = Number(meta.dictionary_page_offset ?? first);
  const start = dictionary > 0 ? Math.min(first, dictionary) : first;
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 4 && end > start && end <= size)) throw new Error('a column lies outside of the file');
  const pages: Pages = { dictionary: null, data: [] };
  let row = 0;
  for (let at = start; at < end && row < rows;) {
    const { header, length } = await headerAt(at, end, read);
    const offset = at + length;
    at = offset + header.compressed_page_size;
    if (header.compressed_page_size < 0 || at > end) throw new Error('a page lies outside of its column');
    if (header.uncompressed_page_size < 0 || header.uncompressed_page_size > maxPageBytes)
      throw new Error(`a page claims ${header.uncompressed_page_size} bytes`);
    if (header.type === 'DICTIONARY_PAGE') pages.dictionary = { offset, header, firstRow: 0, rows: 0 };
    const count = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values;
    if (!header.type.startsWith('DATA_PAGE') || count === undefined) continue;
    if (!(count >= 0 && row + count <= rows)) throw new Error('its pages have more rows than their group');
    pages.data.push({ offset, header, firstRow: row, rows: count });
    row += count;
    if (pages.data.length > maxPages) throw new Error('it has too many pages');
  }
  if (row < rows) throw new Error('its pages have fewer rows than their group');
  return pages;
}

async function headerAt(
  at: number,
  end: number,
  read: ReadAt,
): Promise<{ header: PageHeader; length: number }> {
  for (const wanted of headerBytes) {
    const bytes = await read(at, Math.min(wanted, end - at));
    try {
      const length = structEnd(bytes, 0);
      return { header: parquetHeader({ view: new DataView(bytes.buffer), offset: 0 }), length };
    } catch (error) {
      if (!(error instanceof CutOff) || bytes.length < wanted) throw error;
    }
  }
  throw new Error('a page has an endless header');
}

/** The values of a dictionary page. */
export async function readDictionary(
  page: Page,
  { meta, path }: Chunk,
  read: ReadAt,
): Promise<ArrayLike<Cell>> {
  const body = unpacked(await bodyOf(page, read), page.header.uncompressed_page_size, meta);
  const count = page.header.dictionary_page_header?.num_values ?? 0;
  return plain(body, count, meta, path);
}

/** The values of a page's rows. */
export async function readPage(
  page: Page,
  { meta, path }: Chunk,
  dictionary: ArrayLike<Cell> | null,
  read: ReadAt,
): Promise<Cell[]> {
  const body = await bodyOf(page, read);
  const depth = path.slice(1).filter(({ element }) => element.repetition_type !== 'REQUIRED').length;
  const width = 32 - Math.clz32(depth);
  const { levels, values, encoding } = page.header.data_page_header_v2
    ? secondVersion(page, body, meta)
    : firstVersion(page, body, meta, depth);
  const filled =
    depth === 0 ? null : readRuns(levels, width, page.rows).map((level) => Number(level === depth));
  const count = filled === null ? page.rows : filled.reduce((sum, one) => sum + one, 0);
  const found = decode(values, encoding, count, { meta, path }, dictionary);
  let next = 0;
  return Array.from({ length: page.rows }, (_, row) =>
    filled === null || filled[row] === 1 ? found[next++]! : null,
  );
}

interface Body {
  levels: Uint8Array;
  values: Uint8Array<ArrayBuffer>;
  encoding: string;
}

function firstVersion(
  { header }: Page,
  body: Uint8Array<ArrayBuffer>,
  meta: ColumnMetaData,
  depth: number,
): Body {
  const { encoding, definition_level_encoding: levelEncoding } = header.data_page_header!;
  const bytes = unpacked(body, header.uncompressed_page_size, meta);
  if (depth === 0) return { levels: bytes, values: bytes, encoding };
  if (levelEncoding !== 'RLE')
    throw new Error(`its levels are encoded as ${levelEncoding}, which is not read`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
  if (length > bytes.length - 4) throw new Error('a page is cut off');
  return { levels: bytes.subarray(4, 4 + length), values: bytes.subarray(4 + length), encoding };
}

/** Levels stand before the values and are never compressed. */
function secondVersion({ header }: Page, body: Uint8Array<ArrayBuffer>, meta: ColumnMetaData): Body {
  const second = header.data_page_header_v2!;
  const { repetition_levels_byte_length: skipped, definition_levels_byte_length: length, encoding } = second;
  const before = skipped + length;
  if (!(skipped >= 0 && length >= 0 && before <= body.length)) throw new Error('a page is cut off');
  const packed = body.subarray(before);
  const size = header.uncompressed_page_size - before;
  const isPacked = second.is_compressed !== false && size > 0;
  return {
    levels: body.subarray(skipped, before),
    values: isPacked ? unpacked(packed, size, meta) : packed,
    encoding,
  };
}

function decode(
  bytes: Uint8Array<ArrayBuffer>,
  encoding: string,
  count: number,
  { meta, path }: Pick<Chunk, 'meta' | 'path'>,
  dictionary: ArrayLike<Cell> | null,
): ArrayLike<Cell> {
  if (count === 0) return [];
  if (encoding === 'PLAIN') return plain(bytes, count, meta, path);
  if (encoding === 'RLE' && meta.type === 'BOOLEAN')
    return [...readRuns(bytes.subarray(4), 1, count)].map((bit) => bit === 1);
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    if (!dictionary) throw new Error('a dictionary is missing');
    const indices = readRuns(bytes.subarray(1), bytes[0] ?? 0, count);
    return Array.from(indices, (index) => {
      const value = dictionary[index];
      if (value === undefined) throw new Error('a value is not in its dictionary');
      return value;
    });
  }
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  if (encoding === 'DELTA_BINARY_PACKED') {
    const numbers = meta.type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
    deltaBinaryUnpack(reader, count, numbers);
    return numbers;
  }
  const strings: Uint8Array[] = [];
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY') deltaLengthByteArray(reader, count, strings);
  else if (encoding === 'DELTA_BYTE_ARRAY') deltaByteArray(reader, count, strings);
  else throw new Error(`its values are encoded as ${encoding}, which is not read`);
  return strings;
}

function plain(
  bytes: Uint8Array<ArrayBuffer>,
  count: number,
  { type }: ColumnMetaData,
  path: readonly SchemaTree[],
): ArrayLike<Cell> {
  // Every value has a bit at least.
  if (count < 0 || count > 8 * bytes.length) throw new Error('a page is cut off');
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  return readPlain(reader, type, count, path.at(-1)?.element.type_length) as ArrayLike<Cell>;
}

const bodyOf = ({ offset, header }: Page, read: ReadAt): Promise<Uint8Array<ArrayBuffer>> =>
  read(offset, header.compressed_page_size);

function unpacked(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  { codec }: ColumnMetaData,
): Uint8Array<ArrayBuffer> {
  if (size > 1024 ** 2 && size > maxRatio * bytes.length)
    throw new Error(`a page would grow more than ${maxRatio} times`);
  return decompressPage(bytes, size, codec, codecs) as Uint8Array<ArrayBuffer>;
}
