import { format, type EChartsCoreOption } from 'echarts/core';
import type { RunEvaluation } from '../../../electron/contract/run-evaluation.ts';
import { type ChartInk, tooltipLooks } from '../../charts/palette.ts';
import { formatCount, formatPercent, plural } from '../../format.ts';
import type { Cell } from './confusion.ts';
import { confusionMargins, roomOf } from './confusion-margins.ts';

/** Share of a class at which a wrong cell has its full colour: mistakes are rare and would look alike on the scale of right predictions. */
export const fullWrong = 0.3;

/** One hue that rises with the share; mistakes and right predictions in different ones. From none to the full colour. */
export const confusionRamps = (dark: boolean): Record<'right' | 'wrong', [string, string]> =>
  dark
    ? { right: ['#0b3a53', '#56b4e9'], wrong: ['#4a2a10', '#f59e4c'] }
    : { right: ['#dbeaf5', '#0072b2'], wrong: ['#fbe3d0', '#b34700'] };

const channels = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
const toLinear = (channel: number): number =>
  channel <= 0.04045 * 255 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4;

/** Black or white, whichever contrasts more with a colour of the ramp (WCAG's relative luminance). */
function inkOn([from, to]: readonly [string, string], fraction: number): string {
  const ends = [channels(from), channels(to)] as const;
  const [r, g, b] = ends[0].map((low, i) => toLinear(low + (ends[1][i]! - low) * Math.min(1, fraction)));
  // Where both have the same contrast: sqrt(1.05 * 0.05) - 0.05.
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b! > 0.179 ? '#000000' : '#ffffff';
}

const nameIn = ({ classes }: RunEvaluation, id: number): string =>
  `${id} ${classes.find((one) => one.id === id)?.name ?? ''}`.trim();

const isRight = ({ mask }: RunEvaluation, { row, predicted }: Cell): boolean =>
  mask.classes[row] === predicted;

/** A cell in words, line by line: its class, the predicted class, how many images. */
export function cellLines(
  evaluation: RunEvaluation,
  cell: Cell,
): [label: string, predicted: string, count: string] {
  return [
    nameIn(evaluation, evaluation.mask.classes[cell.row]!),
    isRight(evaluation, cell) ? 'recognised' : `taken for ${nameIn(evaluation, cell.predicted)}`,
    `${plural(cell.count, 'image')}, ${formatPercent(cell.share, 1)} of the class`,
  ];
}

/** The same as HTML, which a tooltip is written as: a class's name comes from a file and may hold anything. */
export const cellTooltip = (evaluation: RunEvaluation, cell: Cell): string =>
  cellLines(evaluation, cell)
    .map((line) => format.encodeHTML(line))
    .join('<br>');

/** Where ECharts has a cell: right and wrong ones are series of their own. */
export function placeInSeries(evaluation: RunEvaluation, cells: readonly Cell[], index: number) {
  const right = isRight(evaluation, cells[index]!);
  const before = cells.slice(0, index).filter((cell) => isRight(evaluation, cell) === right);
  return { seriesIndex: right ? 0 : 1, dataIndex: before.length };
}

export interface ConfusionRequest {
  evaluation: RunEvaluation;
  cells: readonly Cell[];
  ink: ChartInk;
  dark: boolean;
}

/** Rows are the mask's classes, columns all classes; what has no image is left empty. */
export function confusionOption({ evaluation, cells, ink, dark }: ConfusionRequest): EChartsCoreOption {
  const { classes, mask } = evaluation;
  const ramps = confusionRamps(dark);
  const room = roomOf(evaluation);
  const margins = confusionMargins(evaluation);
  const names = new Map(classes.map(({ id, name }) => [String(id), name]));
  const axis = (ids: readonly number[], name: string, labels: object) => ({
    type: 'category',
    data: ids.map(String),
    ...{ name, nameLocation: 'middle', nameTextStyle: { color: ink.text } },
    axisLabel: { color: ink.muted, ...labels },
    axisLine: { lineStyle: { color: ink.line } },
    axisTick: { show: false },
    splitArea: { show: false },
  });
  // With more classes than there is room for, every second label is left out, or two of three ..., not some here and there.
  const numbers = (count: number, most: number) => ({
    ...{ fontSize: 9, hideOverlap: true, interval: Math.ceil(count / most) - 1 },
  });
  const named = (width: number, rotate: number) => ({
    ...{ fontSize: 11, interval: 0, overflow: 'truncate', width, rotate, color: ink.text },
    formatter: (id: string) => names.get(id) ?? id,
  });
  const series = (name: string, right: boolean) => ({
    ...{ name, type: 'heatmap', progressive: 0 },
    data: cells
      .filter((cell) => isRight(evaluation, cell) === right)
      .map((cell) => ({
        value: [cell.predicted, cell.row, cell.share],
        cell,
        label: { color: right ? inkOn(ramps.right, cell.share) : inkOn(ramps.wrong, cell.share / fullWrong) },
      })),
    label: {
      show: room.counts,
      fontSize: classes.length > 10 ? 11 : 13,
      formatter: ({ data }: { data: { cell: Cell } }) => formatCount(data.cell.count),
    },
    itemStyle: { borderColor: ink.background, borderWidth: 1 },
    emphasis: { itemStyle: { borderColor: ink.text, borderWidth: 2 } },
  });
  return {
    animation: false,
    grid: margins,
    xAxis: {
      ...axis(
        classes.map(({ id }) => id),
        'Predicted class',
        room.columns ? named(room.turned ? 96 : 108, room.turned ? 40 : 0) : numbers(classes.length, 25),
      ),
      nameGap: margins.bottom - 18,
    },
    yAxis: {
      ...axis(
        mask.classes,
        'True class',
        room.rows ? named(margins.left - 38, 0) : numbers(mask.classes.length, 60),
      ),
      inverse: true,
      nameGap: margins.left - 20,
    },
    tooltip: {
      ...tooltipLooks(ink),
      formatter: ({ data }: { data: { cell: Cell } }) => cellTooltip(evaluation, data.cell),
    },
    visualMap: (['right', 'wrong'] as const).map((kind, seriesIndex) => ({
      ...{ show: false, type: 'continuous', min: 0, max: kind === 'right' ? 1 : fullWrong },
      ...{ dimension: 2, seriesIndex, inRange: { color: ramps[kind] } },
    })),
    series: [series('Right', true), series('Wrong', false)],
  };
}
