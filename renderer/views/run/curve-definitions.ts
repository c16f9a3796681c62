import type { EpochScores, EpochPoint } from '../../../electron/contract/metrics.ts';
import { formatFigure, formatPercent, formatRate } from '../../format.ts';
import type { StepColumns, StepField } from '../../run/step-columns.ts';

/** One curve's owner: a role of a run, or a run beside others. */
export interface Lane {
  id: string;
  name: string;
  color: string;
  /** How its lines are dashed: lines are not told apart by colour alone. */
  dash: 'solid' | 'dashed' | 'dotted' | number[];
  steps: StepColumns | null;
  epochs: readonly EpochPoint[];
}

export interface CurveDefinition {
  id: string;
  title: string;
  description: string;
  /** Drawn step by step. */
  step: StepField | null;
  /** Drawn epoch by epoch: of validation, and of training where there is no curve by steps. */
  epoch: ((scores: EpochScores) => number | null) | null;
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

/** The dashboard's charts, in their order. */
export const curveDefinitions = (f1: F1Kind): CurveDefinition[] => [
  {
    id: 'label-loss',
    title: 'Label loss',
    description: 'Cross-entropy with the labels. Thin: training by step; dots: validation by epoch',
    step: 'labelLoss',
    epoch: ({ labelLoss }) => labelLoss,
    log: true,
    noisy: true,
    format: loss,
    tick: lossTick,
  },
  {
    id: 'distillation-loss',
    title: 'Distillation loss',
    description: 'From the teacher, unweighted. Thin: training by step; dots: validation by epoch',
    step: 'distillationLoss',
    epoch: ({ distillationLoss }) => distillationLoss,
    log: true,
    noisy: true,
    format: loss,
    tick: lossTick,
  },
  {
    id: 'accuracy',
    title: 'Accuracy',
    description: 'Share of right answers by epoch. Thin: training; dots: validation',
    step: null,
    epoch: ({ accuracy }) => accuracy,
    log: false,
    noisy: false,
    share: true,
    format: share,
    tick: shareTick,
  },
  {
    id: 'f1',
    title: `F1, ${f1}`,
    description: `${f1 === 'weighted' ? 'Classes count by their images' : 'All classes count alike'}. Thin: training; dots: validation`,
    step: null,
    epoch: ({ f1Weighted, f1Macro }) => (f1 === 'weighted' ? f1Weighted : f1Macro),
    log: false,
    noisy: false,
    share: true,
    format: share,
    tick: shareTick,
  },
  {
    id: 'learning-rate',
    title: 'Learning rate',
    description: 'Of the last parameter group, by step',
    step: 'learningRate',
    epoch: null,
    log: true,
    noisy: false,
    format: formatRate,
    tick: formatRate,
  },
  {
    id: 'momentum',
    title: 'Momentum',
    description: "Adam's first beta, by step",
    step: 'momentum',
    epoch: null,
    log: false,
    noisy: false,
    format: (value) => formatFigure(value, 3),
    tick: plain,
  },
  {
    id: 'speed',
    title: 'Speed',
    description: 'Images/s since the epoch began, by step',
    step: 'imagesPerSecond',
    epoch: null,
    log: false,
    noisy: false,
    format: (value) => `${formatFigure(value, value < 10 ? 1 : 0)} images/s`,
    tick: plain,
  },
];
