import { describe, expect, it } from 'vitest';
import { classRows, sortRows } from '../../../../../renderer/views/evaluation/class-table.ts';
import { confusionCells, worstConfusions } from '../../../../../renderer/views/evaluation/confusion.ts';
import { parseCounts } from '../../../../../renderer/views/evaluation/tta-counts.ts';
import { evaluation } from './evaluation.ts';

describe('the table of classes', () => {
  const rows = classRows(evaluation);

  it('holds the classes that count, with the gain of distillation', () => {
    expect(rows.map(({ id, support, seen }) => [id, support, seen])).toEqual([
      [0, 30, true],
      [1, 20, false],
      [3, 10, true],
    ]);
    expect(rows.map(({ gain }) => gain)).toEqual([0, expect.closeTo(-0.2), expect.closeTo(0.4)]);
  });

  it('sorts either way, equal figures by class, missing ones last', () => {
    const ids = (key: Parameters<typeof sortRows>[1]['key'], descending: boolean) =>
      sortRows(rows, { key, descending }).map(({ id }) => id);
    expect(ids('gain', true)).toEqual([3, 0, 1]);
    expect(ids('gain', false)).toEqual([1, 0, 3]);
    expect(ids('name', false)).toEqual([3, 0, 1]);
    expect(ids('baseline f1', true)).toEqual([0, 3, 1]);
    expect(ids('teacher f1', true)).toEqual([0, 1, 3]);
    // The fixture's precision is half of its F1, and its recall the same.
    expect(ids('student precision', true)).toEqual([3, 0, 1]);
    expect(ids('student recall', false)).toEqual([1, 0, 3]);
    const withGap = rows.map((row) => (row.id === 3 ? { ...row, gain: null } : row));
    for (const descending of [true, false])
      expect(sortRows(withGap, { key: 'gain', descending }).at(-1)!.id).toBe(3);
  });
});

describe('the confusion matrix', () => {
  it('leaves empty cells out and counts shares of a true class', () => {
    expect(confusionCells(evaluation, 'student')).toEqual([
      { row: 0, predicted: 3, count: 10, share: 1 },
      { row: 1, predicted: 0, count: 12, share: 0.6 },
      { row: 1, predicted: 1, count: 8, share: 0.4 },
      { row: 2, predicted: 0, count: 25, share: 25 / 30 },
      { row: 2, predicted: 2, count: 5, share: 5 / 30 },
    ]);
  });

  it('lists mistakes by their number', () => {
    expect(
      worstConfusions(evaluation, 'student').map((pair) => [pair.labelName, pair.predictedName, pair.count]),
    ).toEqual([
      ['yield', 'stop', 12],
      ['stop', 'bend', 5],
    ]);
    expect(worstConfusions(evaluation, 'baseline')).toEqual([]);
  });
});

it.each([
  ['0, 2, 4', [0, 2, 4]],
  ['8;2 2', [2, 8]],
  ['', null],
  ['1.5', null],
  ['65', null],
  ['-1', null],
  ['two', null],
])('numbers of copies: "%s"', (text, counts) => expect(parseCounts(text)).toEqual(counts));
