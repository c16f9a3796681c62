import { format, type EChartsCoreOption } from 'echarts/core';
import { largest, smallest } from '../../../electron/contract/extremes.ts';
import { isLoss } from '../../../electron/contract/sweep/sweep.ts';
import type { SettingRow, SweepCost, SweepTable } from '../../../electron/contract/sweep/sweep-table.ts';
import { costNames, scoreNames, settingText } from '../../../electron/contract/sweep/sweep-words.ts';
import { type ChartInk, tooltipLooks } from '../../charts/palette.ts';
import type { ChartTable } from '../../charts/table.ts';
import { formatPercent } from '../../format.ts';
import { formatCost, formatScore } from './figures.ts';

/** Points from which on ECharts draws all of them at one go. */
const large = 2000;
/** A cost that spreads over more than this factor has a logarithmic axis. */
const spread = 20;

type Point = [cost: number, score: number, setting: number];

interface Placed extends SettingRow {
  score: NonNullable<SettingRow['score']>;
}
const isPlaced = (row: SettingRow, cost: SweepCost): row is Placed =>
  row.score !== null && row[cost] !== null;

const pointOf = (row: Placed, cost: SweepCost): Point => [row[cost]!, row.score.mean, row.setting];

/** Settings that have both figures, in their order. */
export const placed = ({ settings }: Pick<SweepTable, 'settings'>, cost: SweepCost): Placed[] =>
  settings.filter((row) => isPlaced(row, cost));

export interface ScatterRequest {
  table: SweepTable;
  cost: SweepCost;
  selected: number | null;
  ink: ChartInk;
  /** Of the settings, of the front, of the setting that is looked at. */
  colors: readonly [string, string, string];
}

/** A setting's figures, as HTML. */
export function settingTooltip(table: SweepTable, setting: number, cost: SweepCost): string {
  const row = table.settings[setting];
  if (!row) return '';
  return [
    `<b>${format.encodeHTML(`Setting ${setting + 1}: ${settingText(row.values)}`)}</b>`,
    `${scoreNames[table.score]} ${formatScore(row.score?.mean ?? null, table.score)}`,
    `${costNames[cost]} ${formatCost(row[cost], cost)}`,
  ].join('<br>');
}

/** Score over cost, a point a setting, and the line of those that none beats. */
export function scatterOption(request: ScatterRequest): EChartsCoreOption {
  const { table, cost, selected, ink, colors } = request;
  const rows = placed(table, cost);
  const points = rows.map((row) => pointOf(row, cost));
  const bySetting = new Map(points.map((point) => [point[2], point]));
  const front = table.fronts[cost]
    .map((setting) => bySetting.get(setting))
    .filter((point) => point !== undefined);
  const chosen = selected === null ? undefined : bySetting.get(selected);
  const costs = points.map(([x]) => x);
  const isLog = smallest(costs) > 0 && largest(costs) > spread * smallest(costs);
  const axis = { nameTextStyle: { color: ink.text }, splitLine: { lineStyle: { color: ink.line } } };
  return {
    animation: false,
    aria: { enabled: true },
    grid: { left: 72, right: 24, top: 32, bottom: 48 },
    legend: { top: 0, textStyle: { color: ink.text } },
    tooltip: {
      ...tooltipLooks(ink),
      trigger: 'item',
      formatter: ({ value }: { value: Point }) => settingTooltip(table, value[2], cost),
    },
    xAxis: {
      ...axis,
      type: isLog ? 'log' : 'value',
      scale: true,
      ...{ name: costNames[cost], nameLocation: 'middle', nameGap: 28 },
      axisLabel: { color: ink.muted, hideOverlap: true, formatter: (v: number) => formatCost(v, cost) },
    },
    yAxis: {
      ...axis,
      type: 'value',
      scale: true,
      ...{ name: scoreNames[table.score], nameLocation: 'middle', nameGap: 52 },
      axisLabel: {
        color: ink.muted,
        formatter: (v: number) => (isLoss(table.score) ? String(v) : formatPercent(v, 1)),
      },
    },
    dataZoom: [
      {
        type: 'inside',
        xAxisIndex: 0,
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseWheel: 'shift',
        filterMode: 'none',
      },
      {
        type: 'inside',
        yAxisIndex: 0,
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseWheel: 'shift',
        filterMode: 'none',
      },
    ],
    series: [
      {
        ...{ name: 'Settings', type: 'scatter', data: points },
        ...{ large: true, largeThreshold: large, symbolSize: points.length > large ? 4 : 9 },
        itemStyle: { color: colors[0], opacity: points.length > large ? 0.5 : 0.8 },
      },
      {
        ...{ name: 'Front', type: 'line', step: 'end', data: front, symbol: 'diamond', symbolSize: 11 },
        lineStyle: { color: colors[1], width: 2 },
        itemStyle: { color: colors[1] },
      },
      {
        ...{ name: 'Selected', type: 'scatter', data: chosen ? [chosen] : [], symbolSize: 18, z: 5 },
        itemStyle: { color: 'transparent', borderColor: colors[2], borderWidth: 3 },
      },
    ],
  };
}

export const scatterTable = (table: SweepTable, cost: SweepCost): ChartTable => ({
  columns: [
    'setting',
    ...table.axes.map(({ name }) => name),
    costNames[cost],
    scoreNames[table.score],
    'front',
  ],
  rows: placed(table, cost).map((row) => [
    row.setting + 1,
    ...table.axes.map(({ name }) => row.values[name] ?? null),
    row[cost],
    row.score.mean,
    table.fronts[cost].includes(row.setting) ? 'yes' : 'no',
  ]),
  formats: [
    null,
    ...table.axes.map(() => null),
    (value) => formatCost(value, cost),
    (value) => formatScore(value, table.score),
    null,
  ],
});
