import { largest, smallest } from '../../../electron/contract/extremes.ts';
import type { EChartsCoreOption } from 'echarts/core';
import type { EpochScores } from '../../../electron/contract/metrics.ts';
import type { StepColumn } from '../../../electron/contract/step-metrics.ts';
import type { ChartTable } from '../../charts/table.ts';
import { formatCount } from '../../format.ts';
import type { CurveDefinition, Lane } from './curve-definitions.ts';
import { Smoothed } from '../../run/smooth.ts';
import type { StepColumns } from '../../run/step-columns.ts';
import { thin } from '../../run/thin.ts';
import { type Trace, tracesOf } from './traces.ts';

import type { Extent, ViewWindow } from './view-window.ts';

export type CurveAxis = 'step' | 'epoch';
type CurvePart = 'training' | 'measured' | 'validation';

/** Smoothed columns, kept as long as the weight stays. */
export class SmoothedColumns {
  readonly weight: number;
  readonly #kept = new WeakMap<StepColumns, Map<StepColumn, Smoothed>>();

  constructor(weight: number) {
    this.weight = weight;
  }

  of(columns: StepColumns, name: StepColumn): Float64Array {
    if (this.weight === 0) return columns.column(name);
    const fields = this.#kept.get(columns) ?? new Map<StepColumn, Smoothed>();
    this.#kept.set(columns, fields);
    const smoothed = fields.get(name) ?? new Smoothed(this.weight);
    fields.set(name, smoothed);
    return smoothed.of(columns, name);
  }
}

/** Pixels around the lines; the same for every chart, so that they stand in step. */
export const chartMargins = { left: 56, right: 14, top: 28, bottom: 22 };

/** Where an epoch's end lies on the axis. */
export const epochAt = (lane: Pick<Lane, 'steps'>, axis: CurveAxis, epoch: number): number =>
  axis === 'epoch' ? epoch : epoch * (lane.steps?.stepsPerEpoch ?? 1);

/** From nothing to the furthest that any of the lanes has come. */
export function extentOf(lanes: readonly Lane[], axis: CurveAxis): Extent {
  const ends = lanes.flatMap((lane) => [
    lane.steps?.column(axis).at(-1) ?? 0,
    epochAt(lane, axis, lane.epochs.at(-1)?.epoch ?? 0),
  ]);
  return { min: 0, max: largest(ends, 1) };
}

function epochPoints(
  lane: Pick<Lane, 'steps' | 'epochs'>,
  axis: CurveAxis,
  part: 'train' | 'validation',
  of: (scores: EpochScores) => number | null,
): [x: number, y: number][] {
  return lane.epochs.flatMap((point): [number, number][] => {
    const scores = point[part];
    const value = scores ? of(scores) : null;
    return value === null ? [] : [[epochAt(lane, axis, point.epoch), value]];
  });
}

export interface CurveRequest {
  definition: CurveDefinition;
  lanes: readonly Lane[];
  axis: CurveAxis;
  window: ViewWindow;
  log: boolean;
  smoothed: SmoothedColumns;
  /** Width of the lines' area. */
  pixels: number;
  ink: { text: string; muted: string; line: string; background: string };
}

/** Points from which on dashes cannot be seen any more, but cost more to paint than the line. */
const dense = 150;
/** Each dot is a shape of its own. */
const mostDots = 60;
/** Pixels that share a lowest and a highest point. */
const pixelsPerBucket = 2;
/** The shadow behind a smoothed line: half as fine, for its strokes are the longest of all and cost most. */
const pixelsPerShadowBucket = 4;

interface LineStyle {
  width: number;
  opacity: number;
  /** A dot at every point. */
  dots?: boolean;
}

function line(trace: Trace, part: CurvePart, data: Float64Array, { dots = false, ...style }: LineStyle) {
  return {
    type: 'line',
    id: `${trace.id}/${part}`,
    name: trace.name,
    // ECharts takes a typed array as it is; arrays it would copy, point by point.
    data,
    dimensions: ['x', 'y'],
    color: trace.color,
    lineStyle: { ...style, type: data.length / 2 > dense ? 'solid' : trace.dash, color: trace.color },
    itemStyle: { color: trace.color },
    symbol: dots ? 'circle' : 'none',
    symbolSize: 5,
    showSymbol: dots && data.length / 2 <= mostDots,
    emphasis: { disabled: true },
    animation: false,
    silent: true,
    z: part === 'validation' ? 4 : part === 'measured' ? 2 : 3,
  };
}

/**
 * A trace's lines: training thin, validation strong with a dot at every epoch; smoothing leaves a shadow of what was measured. The
 * strongest comes first: the legend takes its looks.
 */
function linesOf(trace: Trace, request: CurveRequest) {
  const { definition, axis, window, log, smoothed, pixels } = request;
  const { noisy } = definition;
  const { step, steps, epoch } = trace;
  const viewOf = (width: number) => ({
    ...{ ...window, positive: log },
    buckets: Math.max(25, Math.round(pixels / width)),
  });
  const view = viewOf(pixelsPerBucket);
  const byEpoch = (part: 'train' | 'validation'): Float64Array => {
    const points = epoch ? epochPoints(trace, axis, part, epoch) : [];
    return thin(
      points.map(([x]) => x),
      points.map(([, y]) => y),
      view,
    );
  };
  const lines = [];
  if (epoch)
    lines.push(line(trace, 'validation', byEpoch('validation'), { width: 2, opacity: 1, dots: true }));
  if (step && steps) {
    const x = steps.column(axis);
    const smooths = noisy && smoothed.weight > 0;
    const values = smooths ? smoothed.of(steps, step) : steps.column(step);
    const style = epoch ? { width: 1, opacity: 0.85 } : { width: 1.5, opacity: 1 };
    lines.push(line(trace, 'training', thin(x, values, view), style));
    if (smooths)
      lines.push(
        line(trace, 'measured', thin(x, steps.column(step), viewOf(pixelsPerShadowBucket)), {
          width: 1,
          opacity: 0.3,
        }),
      );
  }
  if (epoch && !step) lines.push(line(trace, 'training', byEpoch('train'), { width: 1, opacity: 0.7 }));
  return lines.filter(({ data }) => data.some((value, i) => i % 2 === 1 && !Number.isNaN(value)));
}

/** Where an axis of shares may begin, with the even steps that lead from there to 100 %. */
const shareSteps = [
  [0.99, 0.002],
  [0.98, 0.005],
  [0.95, 0.01],
  [0.9, 0.02],
  [0.8, 0.05],
  [0.5, 0.1],
  [0, 0.2],
] as const;
/** ECharts itself would end the axis at 120 %, or step from 90 % to 100 % after steps of 30 %. */
function shareAxis(series: readonly { data: Float64Array }[]) {
  const values = series.flatMap(({ data }) => [...data].filter((value, i) => i % 2 === 1 && !isNaN(value)));
  const lowest = values.length === 0 ? 0 : smallest(values);
  const [min, interval] = shareSteps.find(([begin]) => begin <= lowest) ?? shareSteps.at(-1)!;
  return { min, max: 1, interval };
}

/** One of the dashboard's charts, drawn for the part of the axis that is shown. */
export function curveOption(request: CurveRequest): EChartsCoreOption {
  const { definition, lanes, axis, window, log, ink } = request;
  const traces = tracesOf(definition, lanes);
  const series = traces.flatMap((trace) => linesOf(trace, request));
  const small = { color: ink.muted, fontSize: 11 };
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit' },
    grid: chartMargins,
    legend: {
      type: traces.length > 3 ? 'scroll' : 'plain',
      top: 0,
      left: chartMargins.left,
      right: chartMargins.right,
      itemHeight: 12,
      itemWidth: 22,
      selectedMode: false,
      data: [...new Set(series.map(({ name }) => name))],
      textStyle: { color: ink.text, fontSize: 11 },
      pageTextStyle: small,
    },
    // Hovering is drawn over the chart, so that its lines need not be repainted at every move (CurveHover.vue).
    tooltip: { show: false },
    xAxis: {
      type: 'value',
      min: window.from,
      max: window.to,
      axisLabel: {
        ...small,
        hideOverlap: true,
        showMinLabel: false,
        showMaxLabel: false,
        formatter: (value: number) =>
          axis === 'step' ? formatCount(Math.round(value)) : String(Number(value.toFixed(2))),
      },
      axisLine: { lineStyle: { color: ink.line } },
      splitLine: { show: false },
      ...(axis === 'epoch' ? {} : { minInterval: 1 }),
    },
    yAxis: {
      type: log ? 'log' : 'value',
      scale: true,
      ...(definition.share && shareAxis(series)),
      axisLabel: { ...small, formatter: definition.tick, hideOverlap: true },
      splitLine: { lineStyle: { color: ink.line } },
      splitNumber: 4,
    },
    series,
  };
}

/** Measured with 24 bits: more digits are noise. */
const rounded = (value: number | null): number | null =>
  value === null || Number.isNaN(value) ? null : Number(value.toPrecision(7));

/** Every figure behind a chart, unthinned and unsmoothed; of a long run the first `most` rows, with the number that there are. */
export function curveTable(definition: CurveDefinition, lanes: readonly Lane[], most = Infinity): ChartTable {
  const { title } = definition;
  const traces = tracesOf(definition, lanes);
  if (definition.step) {
    const firstSteps = (from: number) => {
      let room = Math.max(0, most - from);
      return traces.flatMap(({ name, steps, step }) => {
        if (!steps || !step) return [];
        const [at, epochs, values] = [steps.column('step'), steps.column('epoch'), steps.column(step)];
        const shown = Math.min(room, values.length);
        room -= shown;
        return Array.from(values.subarray(0, shown), (value, i) => [
          name,
          'training',
          at[i]!,
          Number(epochs[i]!.toFixed(4)),
          rounded(value),
        ]);
      });
    };
    const validation = traces.flatMap((trace) =>
      trace.epoch
        ? epochPoints(trace, 'epoch', 'validation', trace.epoch).map(([at, value]) => [
            trace.name,
            'validation',
            epochAt(trace, 'step', at),
            at,
            rounded(value),
          ])
        : [],
    );
    const total = traces.reduce((sum, { steps }) => sum + (steps?.length ?? 0), validation.length);
    const rows = [...validation.slice(0, most), ...firstSteps(validation.length)];
    return { columns: ['Model', 'Part', 'Step', 'Epoch', title], rows, total };
  }
  const rows = traces.flatMap(({ name, epochs, epoch }) =>
    epochs.map(({ epoch: at, train, validation }) => [
      name,
      at,
      rounded(epoch!(train)),
      validation ? rounded(epoch!(validation)) : null,
    ]),
  );
  return { columns: ['Model', 'Epoch', `${title}, training`, `${title}, validation`], rows };
}
