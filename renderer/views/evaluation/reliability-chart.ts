import { format, type EChartsCoreOption } from 'echarts/core';
import type { RunEvaluation, ReliabilityBin } from '../../../electron/contract/run-evaluation.ts';
import type { Role } from '../../../electron/contract/run.ts';
import { type ChartInk, roleDashes, roleNames, tooltipLooks } from '../../charts/palette.ts';
import type { ChartTable } from '../../charts/table.ts';
import { formatCount, formatPercent, plural } from '../../format.ts';

const percent = (value: number) => formatPercent(value, 0);
const oneDecimal = (value: number) => formatPercent(value, 1);

/** The figures of a point of the diagram, as HTML. */
export const binTooltip = (name: string, { confidence, accuracy, n }: ReliabilityBin): string =>
  [
    `<b>${format.encodeHTML(name)}</b>`,
    `Confidence ${formatPercent(confidence, 1)}`,
    `Accuracy ${formatPercent(accuracy, 1)}`,
    plural(n, 'image'),
  ].join('<br>');

export interface ReliabilityRequest {
  evaluation: RunEvaluation;
  roles: readonly Role[];
  ink: ChartInk;
  colors: Record<Role, string>;
}

/** Accuracy over confidence, a point for each bin that holds images. */
export function reliabilityOption({ evaluation, roles, ink, colors }: ReliabilityRequest): EChartsCoreOption {
  const axis = (name: string, nameGap: number) => ({
    type: 'value',
    ...{ name, nameLocation: 'middle', nameGap, min: 0, max: 1 },
    axisLabel: { color: ink.muted, formatter: percent },
    nameTextStyle: { color: ink.text },
    splitLine: { lineStyle: { color: ink.line } },
  });
  return {
    animation: false,
    aria: { enabled: true },
    grid: { left: 72, right: 24, top: 32, bottom: 48 },
    legend: { top: 0, textStyle: { color: ink.text } },
    tooltip: {
      ...tooltipLooks(ink),
      trigger: 'item',
      formatter: ({ seriesName, data }: { seriesName: string; data: { bin: ReliabilityBin } }) =>
        binTooltip(seriesName, data.bin),
    },
    xAxis: axis('Confidence', 28),
    yAxis: axis('Accuracy', 48),
    series: [
      {
        ...{ name: 'Perfect', type: 'line', symbol: 'none', silent: true },
        data: [
          [0, 0],
          [1, 1],
        ],
        lineStyle: { color: ink.muted, type: 'dotted', width: 1 },
        itemStyle: { color: ink.muted },
      },
      ...roles.map((role) => ({
        ...{ name: roleNames[role], type: 'line', symbol: 'circle' },
        data: evaluation.models[role]!.reliability.filter(({ n }) => n > 0).map((bin) => ({
          value: [bin.confidence, bin.accuracy],
          symbolSize: 4 + 2 * Math.log10(bin.n + 1),
          bin,
        })),
        lineStyle: { color: colors[role], type: roleDashes[role] },
        itemStyle: { color: colors[role] },
      })),
    ],
  };
}

export const reliabilityTable = (evaluation: RunEvaluation, roles: readonly Role[]): ChartTable => ({
  columns: ['model', 'confidence from', 'to', 'images', 'mean confidence', 'accuracy'],
  rows: roles.flatMap((role) =>
    evaluation.models[role]!.reliability.map(({ from, to, n, confidence, accuracy }) => [
      ...[roleNames[role], from, to, n, confidence, accuracy],
    ]),
  ),
  formats: [null, oneDecimal, oneDecimal, formatCount, oneDecimal, oneDecimal],
});
