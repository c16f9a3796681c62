import { DistillError } from '../../../contract/errors.ts';
import { cellsOf, dialectOf } from './tables/dialect.ts';
import { jsonLines } from './tables/json-lines.ts';
import { decodeText } from './tables/text.ts';

/** A table's rows below its header, cells by column. */
export interface Table {
  header: string[];
  rows: string[][];
  /** How the file had to be read where that is not plain, a clause each. */
  notes: string[];
}

/** 64 MiB: a few million rows. */
const maxBytes = 64 * 1024 * 1024;

/**
 * Reads a table of cells separated by comma, semicolon, tab, bar or (in a list) blanks, or a JSON object a line, in any of the
 * usual encodings. The first row is taken for the header; `withoutHeader` puts it back. Throws INVALID_INPUT, naming `file`,
 * where it cannot be parsed.
 */
export function parseTable(bytes: Uint8Array, file: string): Table {
  if (bytes.length > maxBytes) throw unreadable(file, `it has more than ${maxBytes / 1024 ** 2} MiB`);
  const decoded = decodeText(bytes);
  if (decoded === null) throw unreadable(file, 'it is not text');
  const notes =
    decoded.encoding === 'Windows-1252' ? ['its bytes are not UTF-8 and were read as Windows-1252'] : [];
  try {
    if (/\.(jsonl|ndjson)$/i.test(file)) return { ...jsonLines(decoded.text), notes };
    const { body, delimiter, header: commented } = dialectOf(decoded.text);
    const rows = cellsOf(body, delimiter);
    const [header = [], ...others] = commented ? [commented, ...rows] : rows;
    return { header, rows: withoutNotes(others, header.length), notes };
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Comments between the rows: they begin with # and have other numbers of cells than the rows. */
const withoutNotes = (rows: string[][], columns: number): string[][] =>
  rows.filter((row) => !(row[0]?.startsWith('#') === true && row.length !== columns));

/** The same table where its first row is a row like the others; columns are named by their numbers. */
export function withoutHeader({ header, rows, notes }: Table): Table {
  const columns = rows.reduce((most, { length }) => Math.max(most, length), header.length);
  return { header: Array.from({ length: columns }, (_, at) => String(at)), rows: [header, ...rows], notes };
}

/** The column whose heading is one of `names` (lower case), earlier names first; -1 where there is none. */
export function columnOf(table: Pick<Table, 'header'>, names: readonly string[]): number {
  const headings = table.header.map(plainHeading);
  return names.map((name) => headings.indexOf(name)).find((index) => index >= 0) ?? -1;
}

/** Lower case, without blanks, dashes, dots and underscores. */
export const plainHeading = (heading: string): string =>
  heading
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s_.-]/g, '');

function unreadable(file: string, why: string, cause?: unknown): DistillError {
  return new DistillError(
    'INVALID_INPUT',
    `The table "${file}" cannot be read: ${why.replace(/\.$/, '')}.`,
    'Correct the line or save the table as CSV again.',
    { cause },
  );
}
