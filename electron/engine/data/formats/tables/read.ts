import { hasImageEnding } from '../../image.ts';
import { folderOf } from '../../source/source.ts';
import type { Part } from '../../../../contract/parts.ts';
import { partOfName } from '../parts.ts';
import { type Table, withoutHeader } from '../table.ts';
import { type AskedColumns, type Columns, columnNames, findColumns, type Refusal } from './columns.ts';
import type { Files } from './files.ts';
import { contradictionsIn, labelsOf } from './labels.ts';
import type { Match } from './locate.ts';

/** One row of a table that names images. */
export interface Row {
  /** The file as the table names it. */
  file: string;
  /** The image that is meant; undefined where there is none. */
  key: string | undefined;
  /** Two images that fit equally well, where the cell fits both. */
  among: [string, string] | null;
  /** '' where the row has none. */
  label: string;
  /** null where the row gives none. */
  part: Part | null;
  track: string | null;
}

/** A table of labels, read. */
export interface TableRows {
  key: string;
  table: Table;
  hasHeader: boolean;
  columns: Columns;
  rows: Row[];
  /** Rows whose image is there. */
  matched: number;
  /** What is not as plain as it might be, a clause each. */
  notes: string[];
}

/** A table that is not one of labels; `matched`: the share of its rows that name images all the same. */
export interface RefusedTable extends Refusal {
  key: string;
  table: Table;
  matched: number;
}

/** Rows by which the kind of a column is decided. */
const sampleRows = 400;

/** Reads a table's rows as images and their labels. `part`: that of the whole table, where its name gives one. */
export function readRows(
  given: { key: string; table: Table; part: Part | null },
  asked: AskedColumns,
  files: Files,
): TableRows | RefusedTable {
  const folder = folderOf(given.key);
  const strict = matchingOf(given.table, files, folder, false);
  const hasHeader = !isHeadless(given.table, files, folder);
  const table = hasHeader ? given.table : withoutHeader(given.table);
  const loosely = table.header.every((_, at) => strict(at) === 0);
  const matching = loosely ? matchingOf(given.table, files, folder, true) : strict;
  const columns = findColumns(table, asked, matching);
  const refused = (refusal: Refusal): RefusedTable => ({
    ...refusal,
    key: given.key,
    table,
    matched: table.header.reduce((most, _, at) => Math.max(most, matching(at)), 0),
  });
  if ('why' in columns) return refused(columns);
  const labels = labelsOf(table, columns.label);
  if ('why' in labels) return refused(labels);

  const ways = new Map<Match, string>();
  const rows = table.rows.map((row, at): Row => {
    const file = row[columns.file] ?? '';
    const part = (columns.part === null ? undefined : partOfName(row[columns.part] ?? '')) ?? given.part;
    const found = files.find(file, folder, part, loosely);
    const key = found && 'key' in found ? found.key : undefined;
    if (found && 'key' in found && !ways.has(found.how)) ways.set(found.how, `"${file}" for "${found.key}"`);
    return {
      file,
      key,
      among: found && 'among' in found ? found.among : null,
      label: labels.labels[at]!,
      part,
      track: (columns.track === null ? undefined : row[columns.track]) ?? null,
    };
  });
  const contradictions = contradictionsIn(rows);
  if (contradictions) return refused(contradictions);
  const matched = rows.filter(({ key }) => key !== undefined).length;
  const header = hasHeader ? [] : ['it has no header: its columns are called by their numbers'];
  const notes = [...table.notes, ...header, ...columns.notes, ...labels.notes, ...matchNotes(ways)];
  return { key: given.key, table, hasHeader, columns, rows, matched, notes };
}

/** The share of a column's cells that name an image, each asked for once. */
function matchingOf(
  table: Table,
  files: Files,
  folder: string,
  loosely: boolean,
): (column: number) => number {
  const step = Math.max(1, Math.ceil(table.rows.length / sampleRows));
  const sample = table.rows.filter((_, at) => at % step === 0);
  const known = new Map<number, number>();
  return (column) => {
    const earlier = known.get(column);
    if (earlier !== undefined) return earlier;
    const cells = sample.map((row) => row[column] ?? '').filter((cell) => cell !== '');
    const share = shareOf(cells, (cell) => {
      const found = files.find(cell, folder, null, loosely);
      // A number may be many things besides a file's name.
      return found === null ? 0 : 'key' in found && found.how === 'number' ? 0.4 : 1;
    });
    known.set(column, share);
    return share;
  };
}

/** A column whose few values come again and again names no files. */
function shareOf(cells: readonly string[], score: (cell: string) => number): number {
  if (cells.length === 0) return 0;
  const distinct = new Set(cells);
  let sum = 0;
  for (const cell of distinct) sum += score(cell);
  return sum / cells.length;
}

/** Whether the first row is one of the others: one of its cells names an image, as a header's do not. */
function isHeadless({ header, rows }: Table, files: Files, folder: string): boolean {
  const names = (cell: string | undefined) => {
    const found = cell === undefined || cell === '' ? null : files.find(cell, folder, null);
    return found !== null && 'key' in found && found.how !== 'number';
  };
  return header.some((cell, at) => {
    if (names(cell)) return true;
    const isImage = hasImageEnding(cell);
    return isImage && rows.slice(0, 20).some((row) => names(row[at]));
  });
}

const ways: Record<Exclude<Match, 'path' | 'stem'>, string> = {
  number: 'numbers are matched whatever zeros they have',
  name: 'folders differ, so files are matched by their names alone',
  ending: 'endings differ, so files are matched by their names without ending',
};

function matchNotes(found: ReadonlyMap<Match, string>): string[] {
  return Object.entries(ways).flatMap(([how, text]) => {
    const example = found.get(how as Match);
    return example === undefined ? [] : [`${text}: ${example}`];
  });
}

/** The names of the columns that were chosen, as a recipe writes them. */
export function chosenNames({ table, columns }: Pick<TableRows, 'table' | 'columns'>): {
  file: string;
  label: string;
  part: string | null;
} {
  const names = columnNames(table);
  const { file, label, part } = columns;
  return {
    file: names[file]!,
    label: 'at' in label ? names[label.at]! : label.oneHot.map((at) => names[at]!).join(', '),
    part: part === null ? null : names[part]!,
  };
}
