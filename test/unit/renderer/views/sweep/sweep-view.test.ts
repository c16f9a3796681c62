import { describe, expect, it, vi } from 'vitest';
import { effectsOption, ordered } from '../../../../../renderer/views/sweep/effects-chart.ts';
import { mostLines, parallelOption } from '../../../../../renderer/views/sweep/parallel-chart.ts';
import { scatterOption, settingTooltip } from '../../../../../renderer/views/sweep/scatter-chart.ts';
import { nextSorting, sortSettings } from '../../../../../renderer/views/sweep/setting-list.ts';
import { row, tableOf } from './drawn-table.ts';

// It asks the browser.
vi.mock('../../../../../renderer/composables/theme.ts', () => ({ isDark: { value: false } }));

const ink = { text: '#000', muted: '#444', line: '#ccc', background: '#fff' };
const colors = ['#00f', '#f80', '#f00'] as const;
const score = (mean: number) => ({ seeds: 1, mean, deviation: null, interval: null });

describe('the order of settings', () => {
  const rows = [
    row(0, { values: { t: '10' }, score: score(0.8) }),
    row(1, { values: { t: '9' }, score: null }),
    row(2, { values: { t: '2.5' }, score: score(0.9) }),
    row(3, { values: { t: '2' }, score: score(0.8) }),
  ];
  const order = (key: Parameters<typeof nextSorting>[1], descending: boolean) =>
    sortSettings(rows, { key, descending }).map(({ setting }) => setting);

  it('has what has no score last either way, and equals as they are run', () => {
    expect(order('score', true)).toEqual([2, 0, 3, 1]);
    expect(order('score', false)).toEqual([0, 3, 2, 1]);
  });

  it('compares the values of an axis as numbers where they are numbers', () => {
    expect(order('axis:t', false)).toEqual([3, 2, 1, 0]);
  });

  it('begins a score with the best', () => {
    const sorting = { key: 'setting', descending: false } as const;
    expect(nextSorting(sorting, 'score', { score: 'accuracy' }).descending).toBe(true);
    expect(nextSorting(sorting, 'score', { score: 'logLoss' }).descending).toBe(false);
  });
});

describe('the charts of a sweep', () => {
  const rows = [
    row(0, { values: { t: '8', m: '<b>' }, score: score(0.8), parameters: 100 }),
    row(1, { values: { t: '2', m: 'x' }, score: score(0.9), parameters: 5000 }),
    row(2, { values: { t: '2', m: 'x' }, score: null, parameters: null }),
  ];
  const table = tableOf(rows, {
    fronts: { parameters: [0, 1], bytes: [], macs: [], latencyMs: [] },
    effects: [
      {
        axis: 't',
        levels: [
          { value: '8', settings: 1, mean: 0.8 },
          { value: '2', settings: 1, mean: 0.9 },
        ],
      },
      { axis: 'm', levels: [{ value: 'x', settings: 1, mean: 0.9 }] },
    ],
  });

  it('the scatter leaves out what has no score, and marks the front and the setting that is looked at', () => {
    const option = scatterOption({ table, cost: 'parameters', selected: 1, ink, colors }) as {
      series: { name: string; data: number[][] }[];
      xAxis: { type: string };
    };
    expect(option.series.map(({ name, data }) => [name, data.map((point) => point[2])])).toEqual([
      ['Settings', [0, 1]],
      ['Front', [0, 1]],
      ['Selected', [1]],
    ]);
    expect(option.xAxis.type).toBe('log');
  });

  it('a name in a tooltip is text and no HTML', () => {
    expect(settingTooltip(table, 0, 'parameters')).toContain('m &lt;b&gt;');
  });

  it('the parallel axes take numbers in their order, and of very many settings the best', () => {
    const many = Array.from({ length: mostLines + 5 }, (_, i) =>
      row(i, { values: { t: String(i % 3) }, score: score(i / 2000) }),
    );
    const option = parallelOption({ table: tableOf(many), cost: 'bytes', selected: 3, ink, colors }) as {
      parallelAxis: { data?: string[] }[];
      series: { data: unknown[][] }[];
    };
    expect(option.parallelAxis[0]!.data).toEqual(['0', '1', '2']);
    expect(option.series[0]!.data).toHaveLength(mostLines);
    expect(option.series[0]!.data.map((line) => line.at(-1))).not.toContain(4);
  });

  it('effects are drawn of axes with several values, numbers in their order', () => {
    expect(ordered(table.effects[0]!).map(({ value }) => value)).toEqual(['2', '8']);
    const { series } = effectsOption(table, ink, '#00f') as { series: { name: string; data: number[] }[] };
    expect(series.map(({ name, data }) => [name, data])).toEqual([['t', [0.9, 0.8]]]);
  });
});
