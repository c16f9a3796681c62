import type { EChartsCoreOption } from 'echarts/core';
import { largest, smallest } from '../../../electron/contract/extremes.ts';
import { isLoss } from '../../../electron/contract/sweep/sweep.ts';
import type { SweepCost, SweepTable } from '../../../electron/contract/sweep/sweep-table.ts';
import { axisNumbers, costNames, scoreNames } from '../../../electron/contract/sweep/sweep-words.ts';
import { type ChartInk, tooltipLooks } from '../../charts/palette.ts';
import { formatPercent } from '../../format.ts';
import { formatCost } from './figures.ts';
import { placed, settingTooltip } from './scatter-chart.ts';
import { bestFirst, sortSettings } from './setting-list.ts';

/** Lines that are drawn, those of the best settings: of more, none can be followed. */
export const mostLines = 1000;
/** Values from which on an axis of numbers is a scale and not a list. */
const fewValues = 12;

export interface ParallelRequest {
  table: SweepTable;
  cost: SweepCost;
  selected: number | null;
  ink: ChartInk;
  /** Of the worst and the best setting, and of the one that is looked at. */
  colors: readonly [string, string, string];
}

/** One axis for everything that is tried, for the cost and for the score; a line a setting, coloured by its score. */
export function parallelOption({ table, cost, selected, ink, colors }: ParallelRequest): EChartsCoreOption {
  const shown = sortSettings(placed(table, cost), bestFirst(table)).slice(0, mostLines);
  const scores = shown.map(({ score }) => score!.mean);
  // Readable on top of the lines.
  const label = { color: ink.text, textBorderColor: ink.background, textBorderWidth: 4 };
  const looks = {
    nameTextStyle: { color: ink.text, fontSize: 12 },
    axisLine: { lineStyle: { color: ink.muted } },
    axisTick: { lineStyle: { color: ink.muted } },
    axisLabel: label,
  };
  const tried = table.axes.map(({ name }, dim) => {
    const values = [...new Set(table.settings.map((row) => row.values[name] ?? ''))];
    const numbers = axisNumbers(table, name);
    const isScale = numbers !== null && values.length > fewValues;
    if (isScale) {
      const isLog = smallest(numbers) > 0 && largest(numbers) > 20 * smallest(numbers);
      return { ...looks, dim, name, type: isLog ? 'log' : 'value', scale: true };
    }
    const data = numbers === null ? values : values.sort((a, b) => Number(a) - Number(b));
    return { ...looks, dim, name, type: 'category', data };
  });
  const isScale = tried.map(({ type }) => type !== 'category');
  const width = tried.length;
  return {
    animation: false,
    tooltip: {
      ...tooltipLooks(ink),
      formatter: ({ value }: { value: unknown[] }) => settingTooltip(table, value[width + 2] as number, cost),
    },
    parallel: { left: 48, right: 64, top: 40, bottom: 24 },
    parallelAxis: [
      ...tried,
      {
        ...looks,
        ...{ dim: width, name: costNames[cost], scale: true },
        axisLabel: { ...label, formatter: (v: number) => formatCost(v, cost) },
      },
      {
        ...looks,
        ...{ dim: width + 1, name: scoreNames[table.score], scale: true },
        axisLabel: {
          ...label,
          formatter: (v: number) => (isLoss(table.score) ? String(v) : formatPercent(v, 1)),
        },
      },
    ],
    visualMap: {
      show: false,
      seriesIndex: 0,
      dimension: width + 1,
      min: smallest(scores, 1),
      max: largest(scores, 0),
      inRange: { color: isLoss(table.score) ? [colors[1], colors[0]] : [colors[0], colors[1]] },
    },
    series: [false, true].map((isSelected) => ({
      type: 'parallel',
      smooth: false,
      lineStyle: isSelected ? { color: colors[2], width: 4, opacity: 1 } : { width: 1.5, opacity: 0.6 },
      data: shown
        .filter(({ setting }) => !isSelected || setting === selected)
        .map((row) => [
          ...table.axes.map(({ name }, i) =>
            isScale[i] ? Number(row.values[name]) : (row.values[name] ?? ''),
          ),
          row[cost],
          row.score!.mean,
          row.setting,
        ]),
    })),
  };
}
