import { largest, smallest } from '../../../contract/extremes.ts';
import { isLoss } from '../../../contract/sweep/sweep.ts';
import type { AxisEffect, SweepCost, SweepTable } from '../../../contract/sweep/sweep-table.ts';
import { axisNumbers, costNames, scoreNames } from '../../../contract/sweep/sweep-words.ts';
import { axisStyle, colour, drawChart, type Figure } from '../../export/report/chart.ts';
import { percent } from '../../export/report/format.ts';
import { costText, ranked } from './data.ts';

/** Points and lines that a chart shows: every one is an element of the page. */
export const mostPoints = 1000;
const mostLines = 200;
/** A figure that spreads over more than this factor has a logarithmic axis. */
const spread = 20;

const WIDTH = 520;

const isLogarithmic = (values: readonly number[]): boolean =>
  smallest(values) > 0 && largest(values) > spread * smallest(values);

const scoreAxis = ({ score }: Pick<SweepTable, 'score'>) => ({
  ...axisStyle,
  type: 'value',
  scale: true,
  axisLabel: {
    ...axisStyle.axisLabel,
    formatter: (value: number) => (isLoss(score) ? String(value) : percent(value, 1)),
  },
});

/** Score over a cost with the front; null where the cost does not differ, or is not known. */
export function frontChart(table: SweepTable, cost: SweepCost): Figure | null {
  const rows = ranked(table).filter((row) => row[cost] !== null);
  const costs = rows.map((row) => row[cost]!);
  if (new Set(costs).size < 2) return null;
  const bySetting = new Map(rows.map((row) => [row.setting, [row[cost]!, row.score.mean] as const]));
  const points = (settings: readonly number[]) =>
    settings.map((setting) => bySetting.get(setting)).filter((point) => point !== undefined);
  const shown = rows.slice(0, mostPoints).map(({ setting }) => setting);
  const { chosen } = table;
  const title = `${scoreNames[table.score]} against ${costNames[cost].toLowerCase()}`;
  const option = {
    legend: { top: 0, left: 0, textStyle: { color: colour.ink, fontSize: 12 } },
    grid: { left: 60, right: 24, top: 34, bottom: 44 },
    xAxis: {
      ...axisStyle,
      ...{ type: isLogarithmic(costs) ? 'log' : 'value', scale: true },
      ...{ name: costNames[cost], nameLocation: 'middle', nameGap: 26 },
      axisLabel: {
        ...axisStyle.axisLabel,
        ...{ hideOverlap: true, formatter: (value: number) => costText(value, cost) },
      },
      splitLine: { show: false },
    },
    yAxis: scoreAxis(table),
    series: [
      {
        ...{ name: 'Settings', type: 'scatter', data: points(shown), symbolSize: 7 },
        itemStyle: { color: 'var(--teacher)', opacity: 0.7 },
      },
      {
        ...{ name: 'Front', type: 'line', step: 'end', data: points(table.fronts[cost]) },
        ...{ symbol: 'diamond', symbolSize: 9 },
        lineStyle: { color: 'var(--student)', width: 2 },
        itemStyle: { color: 'var(--student)' },
      },
      {
        ...{ name: 'Chosen', type: 'scatter', symbol: 'circle', symbolSize: 16, z: 4 },
        data: chosen === null ? [] : points([chosen]),
        itemStyle: { color: 'none', borderColor: 'var(--baseline)', borderWidth: 3 },
      },
    ],
  };
  const label = `${title}: ${rows.length} settings, ${table.fronts[cost].length} of them on the front`;
  return drawChart(option, { name: `front-${cost}`, title, width: WIDTH, height: 320, label });
}

/** A line a setting through everything that was tried, its parameters and its score; null with one axis or none. */
export function parallelChart(table: SweepTable): Figure | null {
  const { axes, chosen, fronts } = table;
  if (axes.length < 2) return null;
  const rows = ranked(table)
    .filter(({ parameters }) => parameters !== null)
    .slice(0, mostLines);
  const front = new Set(fronts.parameters);
  const looks = {
    nameTextStyle: { color: colour.ink, fontSize: 12 },
    axisLine: axisStyle.axisLine,
    axisTick: axisStyle.axisTick,
    axisLabel: { ...axisStyle.axisLabel, textBorderColor: colour.card, textBorderWidth: 3 },
  };
  const scales = axes.map(({ name }) => {
    const numbers = axisNumbers(table, name);
    return numbers !== null && new Set(numbers).size > 12 ? numbers : null;
  });
  const tried = axes.map(({ name }, dim) => {
    const numbers = scales[dim];
    if (numbers) return { ...looks, dim, name, type: isLogarithmic(numbers) ? 'log' : 'value', scale: true };
    const data = [...new Set(table.settings.map(({ values }) => values[name] ?? ''))];
    if (axisNumbers(table, name) !== null) data.sort((a, b) => Number(a) - Number(b));
    return { ...looks, dim, name, type: 'category', data };
  });
  const lines = (own: typeof rows, lineStyle: object) => ({
    ...{ type: 'parallel', lineStyle },
    data: own.map((row) => [
      ...axes.map(({ name }, i) => (scales[i] ? Number(row.values[name]) : (row.values[name] ?? ''))),
      ...[row.parameters, row.score.mean],
    ]),
  });
  const option = {
    parallel: { left: 40, right: 70, top: 40, bottom: 20 },
    parallelAxis: [
      ...tried,
      {
        ...looks,
        ...{ dim: axes.length, name: costNames.parameters, type: 'value', scale: true },
        axisLabel: { ...looks.axisLabel, formatter: (value: number) => costText(value, 'parameters') },
      },
      {
        ...looks,
        ...{ dim: axes.length + 1, name: scoreNames[table.score], type: 'value', scale: true },
        axisLabel: { ...looks.axisLabel, formatter: scoreAxis(table).axisLabel.formatter },
      },
    ],
    series: [
      lines(
        rows.filter(({ setting }) => !front.has(setting) && setting !== chosen),
        { color: 'var(--teacher)', width: 1, opacity: 0.5 },
      ),
      lines(
        rows.filter(({ setting }) => front.has(setting) && setting !== chosen),
        { color: 'var(--student)', width: 1.5, opacity: 0.9 },
      ),
      lines(
        rows.filter(({ setting }) => setting === chosen),
        { color: 'var(--baseline)', width: 4, opacity: 1 },
      ),
    ],
  };
  const label = `A line for each of ${rows.length} settings`;
  return drawChart(option, {
    ...{ name: 'parallel', title: 'All settings at once', width: 2 * WIDTH, height: 320, label },
  });
}

/** The mean score by the values of one axis. */
export function effectChart(table: SweepTable, { axis, levels }: AxisEffect, index: number): Figure {
  const isNumeric = levels.every(({ value }) => value !== '' && Number.isFinite(Number(value)));
  const ordered = isNumeric ? levels.toSorted((a, b) => Number(a.value) - Number(b.value)) : levels;
  const option = {
    grid: { left: 60, right: 20, top: 16, bottom: 44 },
    xAxis: {
      ...axisStyle,
      ...{ type: 'category', data: ordered.map(({ value }) => value) },
      ...{ name: axis, nameLocation: 'middle', nameGap: 26 },
      axisLabel: { ...axisStyle.axisLabel, hideOverlap: true },
    },
    yAxis: scoreAxis(table),
    series: [
      {
        ...{ type: 'line', data: ordered.map(({ mean }) => mean), symbol: 'circle' },
        symbolSize: levels.length > 50 ? 3 : 8,
        lineStyle: { color: 'var(--teacher)', width: 2 },
        itemStyle: { color: 'var(--teacher)' },
      },
    ],
  };
  const title = `Mean ${scoreNames[table.score].toLowerCase()} by ${axis}`;
  const figures = ordered
    .slice(0, 12)
    .map(({ value, mean }) => `${value}: ${scoreAxis(table).axisLabel.formatter(mean)}`);
  return drawChart(option, {
    ...{
      name: `effect-${index}`,
      title,
      width: WIDTH,
      height: 240,
      label: `${title}: ${figures.join(', ')}`,
    },
  });
}
