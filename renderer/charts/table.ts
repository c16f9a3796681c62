import { csvRow } from '../../electron/contract/spreadsheet.ts';
import { noFigure } from '../format.ts';

type TableCell = string | number | null;

/** A chart's figures as rows. */
export interface ChartTable {
  columns: string[];
  rows: TableCell[][];
  /** How the screen shows each column's numbers; a file has all their digits. Without a format a number stays as it is. */
  formats?: (((value: number) => string) | null)[];
  /** Rows that there are, where `rows` has the first of them only. */
  total?: number;
}

/** For each column whether it holds numbers: those are compared digit below digit. */
export const numericColumns = ({ columns, rows }: ChartTable): boolean[] =>
  columns.map(
    (_, i) =>
      rows.some((row) => typeof row[i] === 'number') && rows.every((row) => typeof row[i] !== 'string'),
  );

/** A cell as the screen shows it. */
export function shownCell({ formats }: ChartTable, column: number, cell: TableCell): string {
  if (cell === null) return noFigure;
  return typeof cell === 'number' ? (formats?.[column]?.(cell) ?? String(cell)) : cell;
}

export const toCsv = ({ columns, rows }: ChartTable): string => [columns, ...rows].map(csvRow).join('');
