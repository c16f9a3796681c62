import { format, type EChartsCoreOption } from 'echarts/core';
import { largest, smallest } from '../../../electron/contract/extremes.ts';
import { isLoss } from '../../../electron/contract/sweep/sweep.ts';
import type { AxisEffect, SweepTable } from '../../../electron/contract/sweep/sweep-table.ts';
import { scoreNames } from '../../../electron/contract/sweep/sweep-words.ts';
import { type ChartInk, tooltipLooks } from '../../charts/palette.ts';
import type { ChartTable } from '../../charts/table.ts';
import { formatPercent, plural } from '../../format.ts';
import { formatScore } from './figures.ts';

/** Axes in one row of charts. */
const columns = 3;
const rowHeight = 200;

/** Axes of which more than one value has a score. */
export const comparable = ({ effects }: Pick<SweepTable, 'effects'>): AxisEffect[] =>
  effects.filter(({ levels }) => levels.length > 1);

const isNumber = (value: string): boolean => value !== '' && Number.isFinite(Number(value));

/** Numbers in their order, names in that of the sweep's file. */
export const ordered = ({ levels }: AxisEffect): AxisEffect['levels'] =>
  levels.every(({ value }) => isNumber(value))
    ? levels.toSorted((a, b) => Number(a.value) - Number(b.value))
    : levels;

/** Pixels that the charts take. */
export const effectsHeight = (axes: number): number => rowHeight * Math.max(1, Math.ceil(axes / columns));

/** Pixels of a value's name: with few values there is room for long names. */
const labelWidth = ({ levels }: AxisEffect): number => Math.max(60, 340 / levels.length);

/** The mean score by each axis, a small chart an axis, all on one scale: a steep line is a strong effect. */
export function effectsOption(table: SweepTable, ink: ChartInk, color: string): EChartsCoreOption {
  const effects = comparable(table);
  const means = effects.flatMap(({ levels }) => levels.map(({ mean }) => mean));
  const [least, most] = [smallest(means), largest(means)];
  // Of equal means the axis would have no length.
  const margin = 0.1 * (most - least) || 0.01;
  const [low, high] = [least - margin, most + margin];
  const inRow = Math.min(columns, effects.length);
  const rows = Math.ceil(effects.length / columns);
  const place = (i: number) => ({
    left: `${(100 / inRow) * (i % columns) + 6}%`,
    width: `${100 / inRow - 9}%`,
    top: `${(100 / rows) * Math.floor(i / columns) + 10 / rows}%`,
    height: `${66 / rows}%`,
  });
  const digits = (value: number) => (isLoss(table.score) ? value.toPrecision(3) : formatPercent(value, 1));
  return {
    animation: false,
    aria: { enabled: true },
    tooltip: {
      ...tooltipLooks(ink),
      trigger: 'item',
      formatter: ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) => {
        const effect = effects[seriesIndex]!;
        const { value, mean, settings } = ordered(effect)[dataIndex]!;
        return `<b>${format.encodeHTML(`${effect.axis} ${value}`)}</b><br>${formatScore(mean, table.score)}<br>mean of ${plural(settings, 'setting')}`;
      },
    },
    grid: effects.map((_, i) => place(i)),
    xAxis: effects.map((effect, i) => ({
      ...{ type: 'category', gridIndex: i, data: ordered(effect).map(({ value }) => value) },
      ...{ name: effect.axis, nameLocation: 'middle', nameGap: 24, nameTextStyle: { color: ink.text } },
      axisLabel: { color: ink.muted, hideOverlap: true, width: labelWidth(effect), overflow: 'truncate' },
      axisLine: { lineStyle: { color: ink.muted } },
    })),
    yAxis: effects.map((_, i) => ({
      ...{ type: 'value', gridIndex: i, scale: true, splitNumber: 3 },
      ...{ min: low, max: high },
      axisLabel: { color: ink.muted, formatter: digits, showMinLabel: false, showMaxLabel: false },
      splitLine: { lineStyle: { color: ink.line } },
    })),
    series: effects.map((effect, i) => ({
      ...{ name: effect.axis, type: 'line', xAxisIndex: i, yAxisIndex: i },
      ...{ symbol: 'circle', symbolSize: effect.levels.length > 50 ? 4 : 9, sampling: 'lttb' },
      data: ordered(effect).map(({ mean }) => mean),
      lineStyle: { color, width: 2 },
      itemStyle: { color },
    })),
  };
}

export const effectsTable = (table: SweepTable): ChartTable => ({
  columns: ['axis', 'value', 'settings', scoreNames[table.score]],
  rows: comparable(table).flatMap((effect) =>
    ordered(effect).map(({ value, settings, mean }) => [effect.axis, value, settings, mean]),
  ),
  formats: [null, null, null, (value) => formatScore(value, table.score)],
});
