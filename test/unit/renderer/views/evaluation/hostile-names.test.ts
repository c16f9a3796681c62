import { expect, it, vi } from 'vitest';
import { toCsv } from '../../../../../renderer/charts/table.ts';
import { classRows, sortRows } from '../../../../../renderer/views/evaluation/class-table.ts';
import { confusionCells } from '../../../../../renderer/views/evaluation/confusion.ts';
import { cellLines } from '../../../../../renderer/views/evaluation/confusion-chart.ts';
import { evaluation } from './evaluation.ts';

// It asks the browser.
vi.mock('../../../../../renderer/composables/theme.ts', () => ({ isDark: { value: false } }));

it('classes called as what every object has are rows and cells as others are', () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
  const hostile = {
    ...evaluation,
    classes: evaluation.classes.map((one) => ({ ...one, name: names[one.id]! })),
  };
  const figuresOf = (of: typeof evaluation) =>
    classRows(of).map(({ id, support, gain }) => [id, support, gain]);
  expect(figuresOf(hostile)).toEqual(figuresOf(evaluation));
  const sorted = sortRows(classRows(hostile), { key: 'name', descending: false });
  expect(sorted.map(({ name }) => name)).toEqual(
    classRows(hostile)
      .map(({ name }) => name)
      .sort((a, b) => a.localeCompare(b)),
  );
  const [cell] = confusionCells(hostile, 'student');
  expect(cellLines(hostile, cell!)[0]).toBe('3 hasOwnProperty');
  expect(toCsv({ columns: ['class'], rows: names.map((name) => [name]) })).toBe(
    `class\r\n${names.map((name) => `${name}\r\n`).join('')}`,
  );
});
