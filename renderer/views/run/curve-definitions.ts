import { epochScoreNames, type EpochScores, type EpochPoint } from '../../../electron/contract/metrics.ts';
import {
  type StepMetric,
  type StepMetricName,
  stepMetricNames,
  stepMetrics,
} from '../../../electron/contract/step-metrics.ts';
import type { Dash } from '../../charts/palette.ts';
import { formatFigure, formatPercent, formatRate } from '../../format.ts';
import type { StepColumns } from '../../run/step-columns.ts';

/** One curve's owner: a role of a run, or a run beside others. */
export interface Lane {
  id: string;
  name: string;
  color: string;
  dash: Dash;
  steps: StepColumns | null;
  epochs: readonly EpochPoint[];
  /** What its distillation terms are called; none of a training without a teacher. */
  terms: readonly string[];
}

export interface CurveDefinition {
  id: string;
  title: string;
  description: string;
  /** Drawn step by step; a metric of distillation terms has a line for each. */
  step: StepMetricName | null;
  /** Drawn epoch by epoch: of validation, and of training where there is no curve by steps. */
  epoch: keyof EpochScores | null;
  /** Whether the logarithmic axis makes sense. */
  log: boolean;
  /** Whether it is noisy, so that smoothing helps. */
  noisy: boolean;
  /** Whether its values are shares, whose axis ends at 100 %. */
  share?: boolean;
  /** A single figure. */
  format: (value: number) => string;
  /** A tick of the vertical axis. */
  tick: (value: number) => string;
}

const loss = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : formatFigure(value, 3);
const share = (value: number): string => formatPercent(value, 1);
const plain = (value: number): string => String(Number(value.toPrecision(3)));
const lossTick = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : plain(value);
const shareTick = (value: number): string => `${plain(100 * value)} %`;

export type F1Kind = 'weighted' | 'macro';

/** How figures of a unit are drawn and written. */
const units: Record<StepMetric['unit'], Pick<CurveDefinition, 'log' | 'share' | 'format' | 'tick'>> = {
  loss: { log: true, format: loss, tick: lossTick },
  rate: { log: true, format: formatRate, tick: formatRate },
  coefficient: { log: false, format: (value) => formatFigure(value, 3), tick: plain },
  'images/s': {
    log: false,
    format: (value) => `${formatFigure(value, value < 10 ? 1 : 0)} images/s`,
    tick: plain,
  },
  share: { log: false, share: true, format: share, tick: shareTick },
};

const isScore = (name: string): name is keyof EpochScores =>
  (epochScoreNames as readonly string[]).includes(name);

function definitionOf(name: StepMetricName): CurveDefinition[] {
  const { label, text, unit, curve }: StepMetric = stepMetrics[name];
  if (curve === null) return [];
  const epoch = isScore(name) ? name : null;
  return [
    {
      id: label.toLowerCase().replaceAll(' ', '-'),
      title: label,
      description: epoch ? `${text}. Thin: training by step; dots: validation by epoch` : `${text}, by step`,
      step: name,
      epoch,
      noisy: curve === 'noisy',
      ...units[unit],
    },
  ];
}

/** The dashboard's charts, in their order: losses, scores, the rest of what each step measures. */
export function curveDefinitions(f1: F1Kind): CurveDefinition[] {
  const byStep = stepMetricNames.flatMap(definitionOf);
  const scores = { step: null, noisy: false, ...units.share };
  return [
    ...byStep.filter(({ epoch }) => epoch !== null),
    {
      id: 'accuracy',
      title: 'Accuracy',
      description: 'Share of correct predictions by epoch. Thin: training; dots: validation',
      epoch: 'accuracy',
      ...scores,
    },
    {
      id: 'f1',
      title: `F1, ${f1}`,
      description: `${f1 === 'weighted' ? 'Classes weighted by their images' : 'All classes weighted equally'}. Thin: training; dots: validation`,
      epoch: f1 === 'weighted' ? 'f1Weighted' : 'f1Macro',
      ...scores,
    },
    ...byStep.filter(({ epoch }) => epoch === null),
  ];
}
