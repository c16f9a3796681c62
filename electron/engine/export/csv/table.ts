/** A column's name and what a row has there; null is an empty cell. */
export type Column<Row> = readonly [name: string, value: (row: Row) => string | number | boolean | null];

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A table as CSV with a header (RFC 4180: commas, CRLF, quotes only where a cell needs them). */
export function csvTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `${cells.map(quoted).join(',')}\r\n`;
  const header = line(columns.map(([name]) => name));
  return header + rows.map((row) => line(columns.map(([, value]) => String(value(row) ?? '')))).join('');
}
