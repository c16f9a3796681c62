import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { toCsv } from '../../../../renderer/charts/table.ts';

it('writes what a reader of CSV gives back', () => {
  const columns = ['name', 'a "quoted" one', 'value'];
  const rows = [
    ['plain', 'with, comma', 1.5],
    ['two\nlines', '"', null],
    ['', ' spaces ', -3],
  ];
  const text = toCsv({ columns, rows });
  expect(parse(text)).toEqual([
    columns,
    ...rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
  ]);
});
