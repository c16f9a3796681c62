import { describe, expect, it, vi } from 'vitest';
import type { TtaRow } from '../../../../../electron/contract/result.ts';
import type { Evaluation } from '../../../../../electron/contract/evaluation.ts';
import { shownCell } from '../../../../../renderer/charts/table.ts';
import { cellByKey, confusionCells } from '../../../../../renderer/views/evaluation/confusion.ts';
import {
  cellLines,
  cellTooltip,
  confusionOption,
  placeInSeries,
} from '../../../../../renderer/views/evaluation/confusion-chart.ts';
import { binTooltip, reliabilityTable } from '../../../../../renderer/views/evaluation/reliability-chart.ts';
import { shownTta, ttaTable, ttaTooltip } from '../../../../../renderer/views/evaluation/tta-chart.ts';
import { evaluation } from './evaluation.ts';

// It asks the browser.
vi.mock('../../../../../renderer/composables/theme.ts', () => ({ isDark: { value: false } }));

const cells = confusionCells(evaluation, 'student');
const ink = { text: '#000', muted: '#666', line: '#ccc', background: '#fff' };

describe('the confusion matrix', () => {
  it('states what a cell counts', () => {
    expect(cells.map((cell) => cellLines(evaluation, cell))).toEqual([
      ['3 end', 'recognised', '10 images, 100.0 % of the class'],
      ['1 yield', 'taken for 0 stop', '12 images, 60.0 % of the class'],
      ['1 yield', 'recognised', '8 images, 40.0 % of the class'],
      ['0 stop', 'recognised', '25 images, 83.3 % of the class'],
      ['0 stop', 'taken for 2 bend', '5 images, 16.7 % of the class'],
    ]);
  });

  it('writes names as text into what ECharts shows as HTML', () => {
    const name = '<img src=x onerror="alert(1)"> & co';
    const hostile = { ...evaluation, classes: evaluation.classes.map((one) => ({ ...one, name })) };
    const escaped = '&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; co';
    expect(cellTooltip(hostile, cells[1]!)).toBe(
      `1 ${escaped}<br>taken for 0 ${escaped}<br>12 images, 60.0 % of the class`,
    );
    const { tooltip } = confusionOption({ evaluation: hostile, cells, ink, dark: false }) as {
      tooltip: { formatter: (point: object) => string };
    };
    expect(tooltip.formatter({ data: { cell: cells[0]! } })).not.toContain('<img');
  });

  it('has right and wrong cells in series of their own, and finds a cell in them', () => {
    const { series } = confusionOption({ evaluation, cells, ink, dark: false }) as {
      series: { data: { cell: object }[] }[];
    };
    const found = cells.map((_, i) => {
      const { seriesIndex, dataIndex } = placeInSeries(evaluation, cells, i);
      return series[seriesIndex]!.data[dataIndex]!.cell;
    });
    expect(found).toEqual(cells);
    expect(series.map(({ data }) => data.length)).toEqual([3, 2]);
  });

  it('has names on its axes and counts in its cells while they fit', () => {
    const drawn = (count: number, rows = count) => {
      const all = Array.from({ length: count }, (_, id) => ({ id, name: `name ${id}`, seen: true }));
      const mask = { classes: all.slice(0, rows).map(({ id }) => id) };
      const of = { ...evaluation, classes: all, mask };
      const option = confusionOption({ evaluation: of, cells, ink, dark: false }) as {
        xAxis: { axisLabel: { formatter?: (id: string) => string } };
        yAxis: { axisLabel: { formatter?: (id: string) => string } };
        series: { label: { show: boolean; formatter: (point: object) => string } }[];
      };
      const [right] = option.series;
      return {
        columns: option.xAxis.axisLabel.formatter?.('1') ?? null,
        rows: option.yAxis.axisLabel.formatter?.('1') ?? null,
        counts: right!.label.show ? right!.label.formatter({ data: { cell: cells[0] } }) : null,
      };
    };
    expect(drawn(3)).toEqual({ columns: 'name 1', rows: 'name 1', counts: '10' });
    expect(drawn(15)).toEqual({ columns: 'name 1', rows: 'name 1', counts: '10' });
    expect(drawn(16)).toEqual({ columns: null, rows: null, counts: null });
    expect(drawn(43, 4)).toEqual({ columns: null, rows: 'name 1', counts: null });
  });

  it.each([
    [null, 'ArrowDown', 0],
    [null, 'Enter', null],
    [0, 'ArrowRight', 0],
    [0, 'ArrowUp', 0],
    // From class 3, the last column, to the closest of the columns 0 and 1; from there to columns 0 and 2.
    [0, 'ArrowDown', 2],
    [1, 'ArrowRight', 2],
    [2, 'ArrowLeft', 1],
    [2, 'ArrowDown', 3],
    [4, 'ArrowUp', 2],
    [4, 'Home', 3],
    [3, 'End', 4],
    [4, 'ArrowDown', 4],
    [4, 'a', null],
  ])('from cell %s %s leads to %s', (at, key, to) => {
    expect(cellByKey(cells, at, key)).toBe(to);
  });

  it('without cells has none to go to', () => {
    expect(cellByKey([], null, 'ArrowDown')).toBeNull();
    expect(cellByKey([], 3, 'ArrowDown')).toBeNull();
  });
});

it('a point of the reliability diagram has its figures; bins without images have none', () => {
  const bin = { from: 0.8, to: 0.9, n: 1, confidence: 0.851, accuracy: 1 };
  expect(binTooltip('Student', bin)).toBe(
    '<b>Student</b><br>Confidence 85.1 %<br>Accuracy 100.0 %<br>1 image',
  );
  const empty = { from: 0, to: 1 / 15, n: 0, confidence: null, accuracy: null };
  const student = { ...evaluation.models.student!, reliability: [empty, bin] };
  const table = reliabilityTable({ ...evaluation, models: { student } }, ['student']);
  expect(table.rows.map((row) => row.map((cell, i) => shownCell(table, i, cell)))).toEqual([
    ['Student', '0.0 %', '6.7 %', '0', '–', '–'],
    ['Student', '80.0 %', '90.0 %', '1', '85.1 %', '100.0 %'],
  ]);
  expect(table.rows[1]).toEqual(['Student', 0.8, 0.9, 1, 0.851, 1]);
});

describe('test-time augmentation', () => {
  const row = (count: number, accuracy: number): TtaRow => ({
    ...{ role: 'student', count, beta: 0.25, accuracy },
    ...{ f1Weighted: accuracy, logLoss: 0.123456, msPerImage: 1 + count },
  });
  const kept = [row(0, 0.5), row(2, 0.9523809523809523)];
  const evaluated = { ...evaluation, tta: kept };
  const measured = (tta: TtaRow[], classes = evaluation.mask.classes): Evaluation => ({
    mask: { classes, names: [] },
    vocabulary: 4,
    unseen: null,
    models: {},
    comparison: { mcnemarP: null, sentence: '', agreement: null },
    notes: [],
    tta,
  });

  it('shows what is kept, and what could not be kept for the classes it was measured on', () => {
    expect(shownTta(evaluated, null)).toBe(kept);
    expect(shownTta(evaluated, measured([row(0, 0.5), row(2, 0.95)]))).toBe(kept);
    const more = [row(0, 0.5), row(4, 0.99)];
    expect(shownTta(evaluated, measured(more))).toBe(more);
    expect(shownTta(evaluated, measured(more, [1]))).toBe(kept);
    expect(shownTta(evaluation, measured(more))).toBe(more);
  });

  it('has its figures with their units', () => {
    expect(ttaTooltip(kept, 2)).toBe('<b>2 augmented copies</b><br>Student: 95.24 %, 3.00 ms an image');
    expect(ttaTooltip([row(1, 1)], 1)).toContain('1 augmented copy<');
    const table = ttaTable(kept);
    expect(table.rows[1]).toEqual(['Student', 2, 0.25, 0.9523809523809523, 0.9523809523809523, 0.123456, 3]);
    expect(table.rows[1]!.map((cell, i) => shownCell(table, i, cell))).toEqual([
      ...['Student', '2', '0.25', '95.24 %', '95.24 %', '0.1235', '3.00'],
    ]);
  });
});
