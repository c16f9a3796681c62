import { color } from 'echarts/core';
import type { EpochScores } from '../../../electron/contract/metrics.ts';
import { columnsOf, type StepColumn } from '../../../electron/contract/step-metrics.ts';
import type { CurveDefinition, Lane } from './curve-definitions.ts';

/** What a chart draws of a lane: one trace, or one for each distillation term of what terms have figures of their own for. */
export interface Trace extends Omit<Lane, 'terms'> {
  step: StepColumn | null;
  epoch: ((scores: EpochScores) => number | null) | null;
}

const dashes: Lane['dash'][] = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]];
/** How much lighter each further term is drawn. */
const fading = 0.25;

/** Terms of a lane keep its hue; dashes and lightness tell them apart. */
function looksOf({ color: own, dash }: Lane, term: number): Pick<Lane, 'color' | 'dash'> {
  if (term === 0) return { color: own, dash };
  const first = dashes.findIndex((one) => String(one) === String(dash));
  return {
    color: color.lift(own, fading * Math.min(term, 3)),
    dash: dashes[(first + term) % dashes.length]!,
  };
}

/** Lines of one chart in their order. */
export function tracesOf({ step, epoch }: CurveDefinition, lanes: readonly Lane[]): Trace[] {
  return lanes.flatMap((lane): Trace[] => {
    const { terms, ...rest } = lane;
    if (step !== 'termLosses') {
      const score = epoch === 'termLosses' ? null : epoch;
      return [{ ...rest, step, epoch: score && ((scores) => scores[score]) }];
    }
    return columnsOf(step, terms.length).map((column, term) => ({
      ...rest,
      ...looksOf(lane, term),
      id: term === 0 ? lane.id : `${lane.id}/${term}`,
      name: terms.length === 1 ? lane.name : `${lane.name}, ${terms[term]}`,
      step: column,
      epoch: (scores) => scores.termLosses[term] ?? null,
    }));
  });
}
