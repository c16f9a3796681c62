/** A chart's figures as rows. */
export interface ChartTable {
  columns: string[];
  rows: (string | number | null)[][];
}

const quoted = (cell: string | number | null): string => {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** RFC 4180. */
export const toCsv = ({ columns, rows }: ChartTable): string =>
  [columns, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
