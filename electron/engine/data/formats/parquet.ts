import { DistillError } from '../../../contract/errors.ts';
import type { ParquetImages } from '../source/parquet.ts';
import { folderOf, nearest } from '../source/source.ts';
import type { Cell } from '../parquet/pages.ts';
import type { ClassName } from './class-names.ts';
import type { DatasetFormat } from './format.ts';
import { partOfName } from './parts.ts';
import { columnOf, type Table } from './table.ts';
import type { AskedColumns } from './tables/columns.ts';
import type { Files } from './tables/files.ts';
import { partOfTable } from './tables/find.ts';
import { headings } from './tables/headings.ts';
import { oneLabel } from './tables/labels.ts';
import { listTables } from './tables/listing.ts';
import { readRows, type TableRows } from './tables/read.ts';
import { refusedTable } from './tables/refusals.ts';

/**
 * Parquet as Hugging Face writes it: a row for each image, its bytes in one column, its class in another (an index into
 * names that stand in the file's own notes, or a text), a file or several for each part.
 */
export const parquet: DatasetFormat<'parquet'> = {
  name: 'parquet',
  list: async ({ parquet: { sources, problems, others }, images, reading, refusals }) => {
    for (const [key, why] of others) refusals.set(key, why);
    for (const [key, { message }] of problems) refusals.set(key, message.replace(/\.$/, ''));
    if (sources.length === 0) {
      const [problem] = problems.values();
      if (problem && images.length === 0) throw problem;
      return null;
    }
    const home = nearest(
      sources.map(({ images: { key } }) => configOf(key)),
      'Parquet files of images',
    );
    const files = sources.flatMap(({ images: file }) => (configOf(file.key) === home ? [file] : []));
    for (const {
      images: { key, rows },
    } of sources)
      if (configOf(key) !== home)
        for (const row of rows)
          refusals.set(
            `${key}/${row}`,
            `the Parquet files in ${home === '' ? 'the root' : `"${home}"`} were taken, which lie nearer`,
          );
    for (const file of files) refuseLists(file, reading.columns);
    const label = labelColumn(files[0]!, reading.columns);
    const tables: TableRows[] = [];
    for (const file of files) tables.push(await tableOf(file, reading.columns, label));
    const keys = tables.flatMap(({ rows }) => rows.map(({ file }) => file));
    const listing = listTables(tables, keys);
    listing.classNames = classNamesOf(files, tables[0]!);
    listing.reading.parts = tables.map(({ key, rows }) => ({
      folder: key,
      part: partOfTable(key) ?? 'train',
      images: rows.length,
      why: partOfTable(key) === null ? 'its name gives no part' : 'by its name',
    }));
    listing.reading.notes = [...missingShards(files), ...listing.reading.notes];
    return listing;
  },
};

/** Hugging Face cuts large parts into several files and numbers them: those that are not there, a sentence for each part. */
function missingShards(files: readonly ParquetImages[]): string[] {
  const parts = new Map<string, { name: string; total: number; count: number }>();
  for (const { key } of files) {
    const [, name, total] = /^(.*)-\d{5}-of-(\d{5})(?:-[\da-f]+)?\.parquet$/i.exec(key) ?? [];
    if (name === undefined || total === undefined) continue;
    const known = parts.get(`${name} ${total}`);
    if (known) known.count++;
    else parts.set(`${name} ${total}`, { name, total: Number(total), count: 1 });
  }
  return [...parts.values()].flatMap(({ name, total, count }) =>
    count >= total
      ? []
      : `Only ${count} of the ${total} Parquet files of "${name}" ${count === 1 ? 'is' : 'are'} read. To read them all, put them into one folder and give that folder.`,
  );
}

/** What tells one dataset from others in a folder of several: the folders that are no parts. */
const configOf = (key: string): string =>
  folderOf(key)
    .split('/')
    .filter((name) => partOfName(name) === undefined)
    .join('/');

/** Throws INVALID_INPUT where the labels are in a column of lists, and no other column is asked for. */
function refuseLists({ key, features: { lists, values } }: ParquetImages, { label }: AskedColumns): void {
  const found = columnOf({ header: lists }, headings.label);
  const isAsked = label !== null && !lists.includes(label);
  if (found < 0 || isAsked || columnOf({ header: values }, headings.label) >= 0) return;
  throw new DistillError(
    'INVALID_INPUT',
    `The Parquet file "${key}" gives images several labels at once: its column "${lists[found]!}" holds lists.`,
    oneLabel,
  );
}

/** The column of labels where the file itself names it; null: it is found as in any table. */
function labelColumn({ features }: ParquetImages, { label }: AskedColumns): string | null {
  const header = features.values;
  if (label !== null || columnOf({ header }, headings.label) >= 0) return null;
  const [named, other] = [...features.classNames.keys()].filter((name) => header.includes(name));
  return named !== undefined && other === undefined ? named : null;
}

/** A Parquet file as a table whose first column names the images. Columns that play no role are not read. */
async function tableOf(
  { key, file, features, image, rows }: ParquetImages,
  asked: AskedColumns,
  label: string | null,
): Promise<TableRows> {
  const wanted = [...headings.label, ...headings.part, ...headings.track];
  const needed = features.values.filter(
    (name, at) =>
      name === label ||
      Object.values(asked).some((one) => one === name || one === String(at + 1)) ||
      columnOf({ header: [name] }, wanted) >= 0,
  );
  const hasLabels =
    label !== null || asked.label !== null || columnOf({ header: needed }, headings.label) >= 0;
  const read = new Map<string, Cell[]>();
  for (const name of hasLabels ? needed : features.values) read.set(name, await file.column([name]));
  const columns = features.values.map((name) => {
    const values = read.get(name);
    const isClass = features.classNames.has(name);
    return (row: number) => textOf(values?.[row] ?? null, isClass);
  });
  const table: Table = {
    header: [image.name, ...features.values],
    rows: rows.map((name, row) => [`${key}/${name}`, ...columns.map((column) => column(row))]),
    notes: otherImages(
      features.images.map(({ name }) => name),
      image.name,
    ),
  };
  const found = readRows(
    { key, table, part: partOfTable(key) },
    { ...asked, file: image.name, label: asked.label ?? label },
    filesIn(rows.map((name) => `${key}/${name}`)),
  );
  if ('why' in found) throw refusedTable(found);
  const { how } = found.columns;
  return {
    ...found,
    columns: {
      ...found.columns,
      how: { ...how, file: 'content', label: asked.label === null && label !== null ? 'content' : how.label },
    },
  };
}

const otherImages = (names: readonly string[], taken: string): string[] =>
  names.length < 2 ? [] : [`it has several columns of images; "${taken}" is taken`];

const decoder = new TextDecoder();

/** Indices of classes below zero stand for no label. */
function textOf(cell: Cell, isClass: boolean): string {
  if (cell === null) return '';
  if (cell instanceof Uint8Array) return decoder.decode(cell).trim();
  return isClass && Number(cell) < 0 ? '' : String(cell);
}

/** The rows of one file, which name themselves. */
function filesIn(keys: readonly string[]): Files {
  const known = new Set(keys);
  return { keys, find: (cell) => (known.has(cell) ? { key: cell, how: 'path' } : null) };
}

/** The names of the classes in their order, where the column of labels holds indices. Throws INVALID_INPUT where files differ in them. */
function classNamesOf(files: readonly ParquetImages[], { columns, table }: TableRows): ClassName[] | null {
  if (!('at' in columns.label)) return null;
  const column = table.header[columns.label.at]!;
  const [first, ...others] = files.map(({ features }) => features.classNames.get(column));
  const differs = others.findIndex((names) => JSON.stringify(names) !== JSON.stringify(first));
  if (differs >= 0)
    throw new DistillError(
      'INVALID_INPUT',
      `The files "${files[0]!.key}" and "${files[differs + 1]!.key}" name the classes in their column "${column}" differently.`,
      'Give one of them, or write both with the same classes in the same order.',
    );
  return first?.map((name, id) => ({ id: String(id), name })) ?? null;
}
