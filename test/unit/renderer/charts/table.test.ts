import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { type ChartTable, numericColumns, shownCell, toCsv } from '../../../../renderer/charts/table.ts';
import { formatPercent } from '../../../../renderer/format.ts';

const table: ChartTable = {
  columns: ['model', 'copies', 'accuracy', 'nothing'],
  rows: [
    ['Student', 0, 0.9523809523809523, null],
    ['Student', 2, null, null],
  ],
  formats: [null, null, (value) => formatPercent(value)],
};

it('shows numbers in their format, and a file all their digits', () => {
  expect(table.rows.map((row) => row.map((cell, i) => shownCell(table, i, cell)))).toEqual([
    ['Student', '0', '95.24 %', '–'],
    ['Student', '2', '–', '–'],
  ]);
  expect(parse(toCsv(table))).toEqual([
    table.columns,
    ['Student', '0', '0.9523809523809523', ''],
    ['Student', '2', '', ''],
  ]);
});

it('knows the columns of numbers', () => {
  expect(numericColumns(table)).toEqual([false, true, true, false]);
  expect(numericColumns({ columns: ['rate'], rows: [[1], ['1e-5']] })).toEqual([false]);
});
