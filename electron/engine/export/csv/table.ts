import { csvRow } from '../../../contract/spreadsheet.ts';

/** A column's name and what a row has there; null is an empty cell. */
export type Column<Row> = readonly [name: string, value: (row: Row) => string | number | boolean | null];

/** A table as CSV with a header. */
export function csvTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const header = csvRow(columns.map(([name]) => name));
  return header + rows.map((row) => csvRow(columns.map(([, value]) => value(row)))).join('');
}
