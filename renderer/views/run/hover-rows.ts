import { formatCount } from '../../format.ts';
import { epochAt, type CurveAxis, type SmoothedColumns } from './curve-chart.ts';
import type { CurveDefinition, Lane } from './curve-definitions.ts';
import { lowerBound } from '../../run/step-columns.ts';
import { tracesOf } from './traces.ts';

export interface HoverRow {
  name: string;
  color: string;
  /** null: nothing was measured there. */
  training: string | null;
  validation: string | null;
}

/** Index of the nearest of ascending `values`; -1 of none. */
function nearest(values: ArrayLike<number>, x: number): number {
  const above = Math.min(lowerBound(values, x), values.length - 1);
  return above > 0 && x - values[above - 1]! < values[above]! - x ? above - 1 : above;
}

export const positionText = (axis: CurveAxis, x: number): string =>
  axis === 'step' ? `Step ${formatCount(Math.round(x))}` : `Epoch ${x.toFixed(2)}`;

/** What every line has at a place of the x axis: the nearest step, the nearest epoch; nothing beyond its end. */
export function hoverRows(
  definition: CurveDefinition,
  lanes: readonly Lane[],
  axis: CurveAxis,
  smoothed: SmoothedColumns,
  x: number,
): HoverRow[] {
  const { noisy, format } = definition;
  const text = (value: number | null | undefined): string | null =>
    value === null || value === undefined || !Number.isFinite(value) ? null : format(value);
  return tracesOf(definition, lanes).flatMap((trace): HoverRow[] => {
    const { name, color, steps, epochs, step, epoch } = trace;
    const row: HoverRow = { name, color, training: null, validation: null };
    if (step && steps && steps.length > 0) {
      const at = steps.column(axis);
      const values = noisy ? smoothed.of(steps, step) : steps.column(step);
      if (x <= at.at(-1)!) row.training = text(values[nearest(at, x)]);
    }
    if (epoch && epochs.length > 0) {
      const at = epochs.map((point) => epochAt(trace, axis, point.epoch));
      const point = epochs[nearest(at, x)]!;
      if (x <= at.at(-1)! + epochAt(trace, axis, 1) / 2) {
        if (!step) row.training = text(epoch(point.train));
        row.validation = point.validation ? text(epoch(point.validation)) : null;
      }
    }
    return row.training === null && row.validation === null ? [] : [row];
  });
}
