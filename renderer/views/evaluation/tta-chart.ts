import { format, type EChartsCoreOption } from 'echarts/core';
import type { RunEvaluation } from '../../../electron/contract/run-evaluation.ts';
import type { Role } from '../../../electron/contract/run.ts';
import type { TtaRow } from '../../../electron/contract/result.ts';
import { shareSpan } from '../../../electron/contract/share-axis.ts';
import type { Evaluation } from '../../../electron/contract/evaluation.ts';
import { type ChartInk, roleDashes, roleNames, tooltipLooks } from '../../charts/palette.ts';
import type { ChartTable } from '../../charts/table.ts';
import {
  formatCount,
  formatFigure,
  formatMilliseconds,
  formatPercent,
  formatSet,
  plural,
} from '../../format.ts';

/**
 * The rows to show: those that the engine kept and scored for the mask; of what was measured just now, on the same classes, its own
 * rows where the engine could not keep it.
 */
export function shownTta({ tta, mask }: RunEvaluation, measured: Evaluation | null): TtaRow[] {
  if (measured === null || measured.mask.classes.join() !== mask.classes.join()) return tta;
  const has = ({ role, count }: TtaRow) => tta.some((row) => row.role === role && row.count === count);
  return measured.tta.every(has) ? tta : measured.tta;
}

/** The figures for one number of copies, as HTML. */
export const ttaTooltip = (rows: readonly TtaRow[], count: number): string =>
  [
    `<b>${count === 0 ? 'No augmented copy' : plural(count, 'augmented copy', 'augmented copies')}</b>`,
    ...rows
      .filter((row) => row.count === count)
      .map(({ role, accuracy, msPerImage }) =>
        format.encodeHTML(
          `${roleNames[role]}: ${formatPercent(accuracy)}, ${formatMilliseconds(msPerImage)} an image`,
        ),
      ),
  ].join('<br>');

export interface TtaRequest {
  rows: readonly TtaRow[];
  roles: readonly Role[];
  ink: ChartInk;
  colors: Record<Role, string>;
}

/** Score and time over the number of copies, on an axis each. */
export function ttaOption({ rows, roles, ink, colors }: TtaRequest): EChartsCoreOption {
  const text = { color: ink.muted };
  const shown = roles.filter((role) => rows.some((row) => row.role === role));
  const of = (role: Role) => rows.filter((row) => row.role === role);
  const { low, high, step } = shareSpan(rows.map(({ accuracy }) => accuracy).filter(Number.isFinite));
  const axis = (name: string, nameGap: number) => ({
    ...{ type: 'value', name, nameLocation: 'middle', nameGap, nameTextStyle: { color: ink.text } },
  });
  return {
    animation: false,
    aria: { enabled: true },
    grid: { left: 80, right: 80, top: 52, bottom: 48 },
    legend: { top: 0, textStyle: { color: ink.text } },
    tooltip: {
      ...tooltipLooks(ink),
      trigger: 'axis',
      formatter: (points: { value: [number, number] }[]) => ttaTooltip(rows, points[0]!.value[0]),
    },
    xAxis: {
      ...axis('Augmented copies', 28),
      ...{ minInterval: 1, axisLabel: text, splitLine: { show: false } },
    },
    yAxis: [
      {
        ...axis('Accuracy (filled)', 60),
        ...{ min: low, max: high, interval: step },
        axisLabel: { ...text, formatter: (value: number) => formatPercent(value, 1) },
        splitLine: { lineStyle: { color: ink.line } },
      },
      {
        ...axis('Time an image (hollow)', 60),
        min: 0,
        axisLabel: { ...text, formatter: '{value} ms' },
        splitLine: { show: false },
      },
    ],
    series: shown.flatMap((role) => {
      const line = { color: colors[role], type: roleDashes[role] };
      return [
        {
          ...{ name: `${roleNames[role]}, accuracy`, type: 'line', symbol: 'circle', symbolSize: 8 },
          data: of(role).map(({ count, accuracy }) => [count, accuracy]),
          ...{ lineStyle: line, itemStyle: { color: colors[role] } },
        },
        {
          ...{ name: `${roleNames[role]}, time`, type: 'line', yAxisIndex: 1 },
          ...{ symbol: 'triangle', symbolSize: 8 },
          data: of(role).map(({ count, msPerImage }) => [count, msPerImage]),
          lineStyle: { ...line, width: 1, opacity: 0.7 },
          // Hollow: ECharts's own hollow symbols are white in every theme.
          itemStyle: { color: ink.background, borderColor: colors[role], borderWidth: 1.5 },
        },
      ];
    }),
  };
}

export const ttaTable = (rows: readonly TtaRow[]): ChartTable => ({
  columns: ['model', 'copies', 'beta', 'accuracy', 'F1 weighted', 'log loss', 'ms an image'],
  rows: rows.map((row) => [
    ...[roleNames[row.role], row.count, row.beta],
    ...[row.accuracy, row.f1Weighted, row.logLoss, row.msPerImage],
  ]),
  formats: [
    ...[null, formatCount, formatSet, formatPercent, formatPercent],
    ...[(value: number) => formatFigure(value, 4), (value: number) => formatFigure(value, 2)],
  ],
});
