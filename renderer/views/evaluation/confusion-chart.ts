import { format, type EChartsCoreOption } from 'echarts/core';
import type { Judgement } from '../../../electron/contract/judgement.ts';
import { type ChartInk, tooltipLooks } from '../../charts/palette.ts';
import { formatPercent, plural } from '../../format.ts';
import type { Cell } from './confusion.ts';

/** Share of a class's images from which on a wrong cell has its full colour: mistakes are rare, and would all look alike on the scale of right answers. */
export const fullWrong = 0.3;

/** One hue that rises with the share; mistakes and right answers in different ones. From none to the full colour. */
export const confusionRamps = (dark: boolean): Record<'right' | 'wrong', [string, string]> =>
  dark
    ? { right: ['#0b3a53', '#56b4e9'], wrong: ['#4a2a10', '#f59e4c'] }
    : { right: ['#dbeaf5', '#0072b2'], wrong: ['#fbe3d0', '#b34700'] };

const nameIn = ({ classes }: Judgement, id: number): string =>
  `${id} ${classes.find((one) => one.id === id)?.name ?? ''}`.trim();

const isRight = ({ mask }: Judgement, { row, predicted }: Cell): boolean => mask.classes[row] === predicted;

/** A cell in words, line by line: its class, the answer, how many images. */
export function cellLines(judgement: Judgement, cell: Cell): [label: string, answer: string, count: string] {
  return [
    nameIn(judgement, judgement.mask.classes[cell.row]!),
    isRight(judgement, cell) ? 'recognised' : `taken for ${nameIn(judgement, cell.predicted)}`,
    `${plural(cell.count, 'image')}, ${formatPercent(cell.share, 1)} of the class`,
  ];
}

/** The same as HTML, which a tooltip is written as: a class's name comes from a file and may hold anything. */
export const cellTooltip = (judgement: Judgement, cell: Cell): string =>
  cellLines(judgement, cell)
    .map((line) => format.encodeHTML(line))
    .join('<br>');

/** Where ECharts has a cell: right and wrong ones are series of their own. */
export function placeInSeries(judgement: Judgement, cells: readonly Cell[], index: number) {
  const right = isRight(judgement, cells[index]!);
  const before = cells.slice(0, index).filter((cell) => isRight(judgement, cell) === right);
  return { seriesIndex: right ? 0 : 1, dataIndex: before.length };
}

export interface ConfusionRequest {
  judgement: Judgement;
  cells: readonly Cell[];
  ink: ChartInk;
  dark: boolean;
}

/** Rows are the mask's classes, columns all classes; what has no image is left empty. */
export function confusionOption({ judgement, cells, ink, dark }: ConfusionRequest): EChartsCoreOption {
  const { classes, mask } = judgement;
  const ramps = confusionRamps(dark);
  // With more classes than there is room for, every second label is left out, or two of three ..., not some here and there.
  const axis = (ids: readonly number[], name: string, most: number) => ({
    type: 'category',
    data: ids.map(String),
    ...{ name, nameLocation: 'middle', nameGap: 30, nameTextStyle: { color: ink.text } },
    axisLabel: {
      color: ink.muted,
      fontSize: 9,
      interval: Math.ceil(ids.length / most) - 1,
      hideOverlap: true,
    },
    axisLine: { lineStyle: { color: ink.line } },
    axisTick: { show: false },
    splitArea: { show: false },
  });
  const series = (name: string, right: boolean) => ({
    ...{ name, type: 'heatmap', progressive: 0 },
    data: cells
      .filter((cell) => isRight(judgement, cell) === right)
      .map((cell) => ({ value: [cell.predicted, cell.row, cell.share], cell })),
    itemStyle: { borderColor: ink.background, borderWidth: 1 },
    emphasis: { itemStyle: { borderColor: ink.text, borderWidth: 2 } },
  });
  return {
    animation: false,
    grid: { left: 56, right: 16, top: 8, bottom: 48 },
    xAxis: axis(
      classes.map(({ id }) => id),
      'Answer (class)',
      25,
    ),
    yAxis: { ...axis(mask.classes, 'True class', 60), inverse: true, nameGap: 36 },
    tooltip: {
      ...tooltipLooks(ink),
      formatter: ({ data }: { data: { cell: Cell } }) => cellTooltip(judgement, data.cell),
    },
    visualMap: (['right', 'wrong'] as const).map((kind, seriesIndex) => ({
      ...{ show: false, type: 'continuous', min: 0, max: kind === 'right' ? 1 : fullWrong },
      ...{ dimension: 2, seriesIndex, inRange: { color: ramps[kind] } },
    })),
    series: [series('Right', true), series('Wrong', false)],
  };
}
