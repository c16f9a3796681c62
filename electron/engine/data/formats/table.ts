import { parse } from 'csv-parse/sync';
import { DistillError } from '../../../contract/errors.ts';

/** A CSV's rows below its header, cells by column. */
export interface Table {
  header: string[];
  rows: string[][];
}

/** UTF-8, or Windows-1252 where the bytes are no UTF-8: what spreadsheets write in Western Europe. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The separator that the first line uses most. */
function delimiterOf(text: string): string {
  const line = text.slice(0, Math.max(0, text.search(/[\r\n]|$/)));
  const count = (delimiter: string) => line.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** Reads a CSV separated by comma, semicolon or tab. Throws INVALID_INPUT, naming `file`, where it cannot be parsed. */
export function parseTable(bytes: Uint8Array, file: string): Table {
  const text = textOf(bytes);
  try {
    const options = {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      delimiter: delimiterOf(text),
    };
    const [header = [], ...rows] = parse(text, options);
    return { header, rows };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DistillError(
      'INVALID_INPUT',
      `The table "${file}" cannot be read: ${why}.`,
      'Correct the line or save the table as CSV again.',
      { cause },
    );
  }
}

/** The column whose heading is one of `names` (lower case), earlier names first; -1 where there is none. */
export function columnOf(table: Table, names: readonly string[]): number {
  const headings = table.header.map((heading) => heading.toLowerCase().replaceAll(/[\s_-]/g, ''));
  return names.map((name) => headings.indexOf(name)).find((index) => index >= 0) ?? -1;
}
