import { z } from 'zod';
import { figure } from './figure.ts';

export interface StepMetric {
  label: string;
  /** What it is, in a clause. */
  text: string;
  /** Losses have no unit that all methods share; a coefficient is a plain number, a share lies in [0, 1]. */
  unit: 'loss' | 'rate' | 'coefficient' | 'images/s' | 'share';
  /** One figure a step, or one for each distillation term, in the recipe's order. */
  per: 'step' | 'term';
  /** Whether a step may lack it: null then. A figure that was computed and is none (a loss that diverged) is NaN. */
  nullable: boolean;
  /**
   * How its curve is drawn: noisy ones can be smoothed; null: no chart. Thinning is the same for all: the steps that are read of
   * a journal are evenly spread, and of those a chart draws the lowest and the highest of each column of pixels.
   */
  curve: 'smooth' | 'noisy' | null;
  /** The form of metrics.jsonl that it came with: lines of an earlier one lack it. */
  since: 1 | 2;
}

/**
 * What is measured in every training step. Journal, events, thinned columns, CSV and charts follow from this table: a new
 * metric is an entry here, and the line that measures it.
 */
export const stepMetrics = {
  loss: {
    label: 'Loss',
    text: 'The weighted sum that is minimised',
    unit: 'loss',
    per: 'step',
    nullable: false,
    curve: null,
    since: 1,
  },
  labelLoss: {
    label: 'Label loss',
    text: 'Cross-entropy with the labels',
    unit: 'loss',
    per: 'step',
    nullable: false,
    curve: 'noisy',
    since: 1,
  },
  /** Form 1 had one figure, `distillationLoss`. */
  termLosses: {
    label: 'Distillation loss',
    text: 'From the teacher, unweighted',
    unit: 'loss',
    per: 'term',
    nullable: false,
    curve: 'noisy',
    since: 2,
  },
  learningRate: {
    label: 'Learning rate',
    text: 'Of the last parameter group',
    unit: 'rate',
    per: 'step',
    nullable: false,
    curve: 'smooth',
    since: 1,
  },
  momentum: {
    label: 'Momentum',
    text: "SGD's momentum, Adam's first beta",
    unit: 'coefficient',
    per: 'step',
    nullable: false,
    curve: 'smooth',
    since: 1,
  },
  imagesPerSecond: {
    label: 'Speed',
    text: 'Images/s since the epoch began',
    unit: 'images/s',
    per: 'step',
    nullable: false,
    curve: 'smooth',
    since: 1,
  },
  waitShare: {
    label: 'Waiting for data',
    text: 'Share of the time since the epoch began that training waited for data',
    unit: 'share',
    per: 'step',
    nullable: false,
    curve: null,
    since: 1,
  },
} as const satisfies Record<string, StepMetric>;

type Table = typeof stepMetrics;
export type StepMetricName = keyof Table;
type NamesPer<Per extends StepMetric['per']> = {
  [Name in StepMetricName]: Table[Name]['per'] extends Per ? Name : never;
}[StepMetricName];
/** Metrics of which a step has one figure, and those of which it has one for each term. */
type SingleName = NamesPer<'step'>;
type TermName = NamesPer<'term'>;
type FigureOf<M extends StepMetric> = M['nullable'] extends true ? number | null : number;

export type StepMetrics = {
  -readonly [Name in StepMetricName]: Table[Name]['per'] extends 'term'
    ? FigureOf<Table[Name]>[]
    : FigureOf<Table[Name]>;
};

export const stepMetricNames = Object.keys(stepMetrics) as StepMetricName[];
const metricOf = (name: StepMetricName): StepMetric => stepMetrics[name];
const isPerTerm = (name: StepMetricName): name is TermName => metricOf(name).per === 'term';

function schemaOf({ per, nullable, since }: StepMetric): z.ZodType {
  const one: z.ZodType<number | null> = nullable ? z.number().nullable() : figure;
  if (per === 'term') return since === 1 ? z.array(one) : z.array(one).default([]);
  return since === 1 ? one : one.default(nullable ? null : Number.NaN);
}

/** The metrics' part of a journal line's schema. */
export const stepMetricsShape = Object.fromEntries(
  stepMetricNames.map((name) => [name, schemaOf(metricOf(name))]),
) as unknown as { [Name in StepMetricName]: z.ZodType<StepMetrics[Name]> };

/** A column of steps; of a metric that has a figure for each term, one column a term, from 0. */
export type StepColumn = 'step' | 'epoch' | SingleName | `${TermName}.${number}`;

/** The columns where training has so many distillation terms, in the table's order. */
export const stepColumns = (terms: number): StepColumn[] => [
  'step',
  'epoch',
  ...stepMetricNames.flatMap((name) => columnsOf(name, terms)),
];

/** A metric's own columns. */
export const columnsOf = (name: StepMetricName, terms: number): StepColumn[] =>
  isPerTerm(name) ? Array.from({ length: terms }, (_, term) => `${name}.${term}` as const) : [name];

/** A step's place in its training, as events and journal lines have it. */
interface StepPlace {
  /** 1-based over all stages. */
  epoch: number;
  /** 1-based within the epoch. */
  step: number;
  steps: number;
}

/** How many terms a step has figures of. */
export const termsOf = (step: StepMetrics): number => step.termLosses.length;

type Step = StepMetrics & StepPlace;

/** Reads a step's figure for a column: null or NaN where it has none. `step` counts over all epochs, `epoch` is those done with a fraction. */
export function cellOf(column: StepColumn): (step: Step) => number | null {
  if (column === 'step') return ({ epoch, step, steps }) => (epoch - 1) * steps + step;
  if (column === 'epoch') return ({ epoch, step, steps }) => epoch - 1 + step / steps;
  const [name, term] = column.split('.') as [StepMetricName, string | undefined];
  return isPerTerm(name) ? (step) => step[name][Number(term)] ?? null : (step) => step[name];
}
