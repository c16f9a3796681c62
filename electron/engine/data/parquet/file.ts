import { open, stat } from 'node:fs/promises';
import type { FileMetaData, SchemaTree } from 'hyparquet';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { DistillError } from '../../../contract/errors.ts';
import {
  type Cell,
  type Chunk,
  listPages,
  type Pages,
  readDictionary,
  readPage,
  type ReadAt,
} from './pages.ts';
import { structEnd } from './thrift.ts';

/** A column at the top of the schema: a value for each row, perhaps of several fields. */
export interface ParquetColumn {
  name: string;
  node: SchemaTree;
}

/** A Parquet file, of which only what is asked for is read. */
export interface ParquetFile {
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  /** The file's own notes, such as Hugging Face's description of the columns. */
  readonly notes: ReadonlyMap<string, string>;
  /** The values of one column, by the names that lead to it, for all rows. Throws ARCHIVE_CORRUPT. */
  column(names: readonly string[]): Promise<Cell[]>;
  /** The values of the page that holds a row, and the row's place among them. Throws ARCHIVE_CORRUPT. */
  page(
    names: readonly string[],
    row: number,
  ): Promise<{ id: string; at: number; values: () => Promise<Cell[]> }>;
}

/** 8 MiB: footers of real files have some kB. */
const maxFooterBytes = 8 * 1024 * 1024;
const maxRows = 5_000_000;

/** Reads a file's footer; messages name it `shown`. Throws ARCHIVE_CORRUPT where it is no whole Parquet file, ARCHIVE_LIMIT where it claims too much. */
export async function openParquet(file: string, shown = file): Promise<ParquetFile> {
  const corrupt = (thrown: unknown): DistillError => {
    if (thrown instanceof DistillError) return thrown;
    const why = (thrown instanceof Error ? thrown.message : String(thrown))
      .replace(/^parquet /, '')
      .replace(/\.$/, '');
    return new DistillError(
      'ARCHIVE_CORRUPT',
      `The Parquet file "${shown}" cannot be read: ${why}.`,
      'Download or write the file again.',
      { cause: thrown },
    );
  };
  const read = readerOf(file);
  const { size, meta, root, groups } = await readFooter(file, shown, read).catch((thrown: unknown) => {
    throw corrupt(thrown);
  });
  const indexes = new Map<string, Promise<Pages>>();
  const dictionaries = new Map<string, Promise<ArrayLike<Cell>>>();

  const chunkOf = (names: readonly string[], group: number): Chunk => {
    const path = pathOf(root, names);
    const found = meta.row_groups[group]!.columns.find(
      ({ meta_data: own }) => own?.path_in_schema.join('\0') === names.join('\0'),
    )?.meta_data;
    if (!found) throw new Error(`a group of rows lacks the column ${names.join('.')}`);
    return { meta: found, path, rows: groups[group]!.rows };
  };
  const pagesOf = async (names: readonly string[], group: number) => {
    const chunk = chunkOf(names, group);
    const id = `${names.join('\0')} ${group}`;
    const listed = indexes.get(id) ?? listPages(chunk, read, size);
    indexes.set(id, listed);
    const pages = await listed;
    let dictionary: ArrayLike<Cell> | null = null;
    if (pages.dictionary) {
      const known = dictionaries.get(id) ?? readDictionary(pages.dictionary, chunk, read);
      dictionaries.set(id, known);
      dictionary = await known;
    }
    return { chunk, pages, dictionary };
  };

  return {
    file,
    rows: groups.reduce((sum, { rows }) => sum + rows, 0),
    columns: root.children.map((node) => ({ name: node.element.name, node })),
    notes: new Map(meta.key_value_metadata?.map(({ key, value }) => [key, value ?? ''])),
    async column(names) {
      const values: Cell[] = [];
      try {
        for (const group of groups.keys()) {
          const { chunk, pages, dictionary } = await pagesOf(names, group);
          for (const page of pages.data)
            for (const value of await readPage(page, chunk, dictionary, read)) values.push(value);
        }
        return values;
      } catch (thrown) {
        throw corrupt(thrown);
      }
    },
    async page(names, row) {
      try {
        const group = groups.findIndex(({ first, rows }) => row >= first && row < first + rows);
        if (group < 0) throw new Error(`it has no row ${row}`);
        const { chunk, pages, dictionary } = await pagesOf(names, group);
        const within = row - groups[group]!.first;
        const page = pages.data.find(({ firstRow, rows }) => within >= firstRow && within < firstRow + rows)!;
        const values = () =>
          readPage(page, chunk, dictionary, read).catch((thrown: unknown) => {
            throw corrupt(thrown);
          });
        return { id: `${file} ${names.join('\0')} ${page.offset}`, at: within - page.firstRow, values };
      } catch (thrown) {
        throw corrupt(thrown);
      }
    },
  };
}

function readerOf(file: string): ReadAt {
  return async (offset, length) => {
    const bytes = new Uint8Array(length);
    const handle = await open(file);
    try {
      const { bytesRead } = await handle.read(bytes, 0, length, offset);
      if (bytesRead < length) throw new Error('it is cut off');
      return bytes;
    } finally {
      await handle.close();
    }
  };
}

async function readFooter(
  file: string,
  shown: string,
  read: ReadAt,
): Promise<{ size: number; meta: FileMetaData; root: SchemaTree; groups: Group[] }> {
  const { size } = await stat(file);
  if (size < 12) throw new Error('it is too short');
  const tail = await read(size - 8, 8);
  const mark = new TextDecoder('latin1').decode(tail.subarray(4));
  if (mark === 'PARE') throw new Error('it is encrypted');
  if (mark !== 'PAR1') throw new Error('it does not end as a Parquet file does');
  const length = new DataView(tail.buffer).getUint32(0, true);
  if (length > size - 8) throw new Error('its footer is longer than the file');
  if (length > maxFooterBytes)
    throw new DistillError(
      'ARCHIVE_LIMIT',
      `The Parquet file "${shown}" is refused: its footer has ${length} bytes, more than the limit of ${maxFooterBytes}.`,
      'Write it in several files, or with larger groups of rows.',
    );
  const footer = await read(size - 8 - length, length + 8);
  structEnd(footer.subarray(0, length), 0);
  const meta = parquetMetadata(footer, { geoparquet: false });
  // hyparquet takes what it finds: a field that is missing is undefined, whatever its type.
  if (meta.schema.some(({ name }) => typeof name !== 'string')) throw new Error('a column has no name');
  return { size, meta, root: parquetSchema(meta), groups: groupsOf(meta) };
}

/** A group of rows. */
interface Group {
  first: number;
  rows: number;
}

/** First row and number of rows of each group. */
function groupsOf({ row_groups: groups }: FileMetaData): Group[] {
  let first = 0;
  return groups.map(({ num_rows: count }) => {
    const rows = Number(count);
    if (!(rows >= 0 && first + rows <= maxRows)) throw tooMany(first + rows);
    const group = { first, rows };
    first += rows;
    return group;
  });
}

const tooMany = (rows: number): DistillError =>
  new DistillError(
    'ARCHIVE_LIMIT',
    `A Parquet file with ${rows} rows is refused: the limit is ${maxRows}.`,
    'Write the rows that you need in several files.',
  );

function pathOf(root: SchemaTree, names: readonly string[]): SchemaTree[] {
  const path = [root];
  for (const name of names) {
    const child = path.at(-1)!.children.find(({ element }) => element.name === name);
    if (!child) throw new Error(`it has no column ${names.join('.')}`);
    path.push(child);
  }
  return path;
}
