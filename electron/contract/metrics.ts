import { z } from 'zod';
import { figure } from './figure.ts';
import { type Role, roleSchema } from './run.ts';
import { cellOf, type StepColumn, stepColumns, stepMetricsShape, termsOf } from './step-metrics.ts';

/** Earlier versions had one distillation loss, null without a teacher: it is the only term's. */
export function readTermLosses(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || 'termLosses' in input) return input;
  if (!('distillationLoss' in input)) return input;
  const { distillationLoss, ...rest } = input;
  return { ...rest, termLosses: distillationLoss === null ? [] : [distillationLoss] };
}

const scoresShape = {
  /** The weighted sum that is minimised. */
  loss: figure,
  labelLoss: figure,
  /** Of each distillation term, unweighted, in the recipe's order; empty without a teacher. */
  termLosses: z.array(figure),
  accuracy: figure,
  top5: figure,
  f1Weighted: figure,
  f1Macro: figure,
};
/** Scores of one part (training or validation) in one epoch. */
export const epochScoresSchema = z.preprocess(readTermLosses, z.object(scoresShape));
export type EpochScores = z.output<typeof epochScoresSchema>;
export const epochScoreNames = Object.keys(scoresShape) as (keyof EpochScores)[];

/** A role's place in its training. */
const placeShape = {
  role: roleSchema,
  /** 1-based over all stages. */
  epoch: z.number(),
  epochs: z.number(),
  stage: z.number(),
};

const stepSchema = z.object({
  type: z.literal('step'),
  ...placeShape,
  /** 1-based within the epoch. */
  step: z.number(),
  steps: z.number(),
  ...stepMetricsShape,
  etaEpochSeconds: z.number().nullable(),
  etaRunSeconds: z.number().nullable(),
});
export type StepEvent = z.output<typeof stepSchema>;

const epochSchema = z.object({
  type: z.literal('epoch'),
  ...placeShape,
  train: epochScoresSchema,
  /** null where nothing is held out. */
  validation: epochScoresSchema.nullable(),
  best: z.boolean(),
  imagesPerSecond: figure,
  waitShare: figure,
  /** Resident memory of the process. */
  memoryBytes: figure,
  seconds: figure,
  etaRunSeconds: z.number().nullable(),
});
export type EpochEvent = z.output<typeof epochSchema>;

/** When a line was written (ISO 8601). */
const time = z.string();
/** A line of metrics.jsonl, as any version wrote it. */
export const metricsLineSchema = z.preprocess(
  readTermLosses,
  z.discriminatedUnion('type', [stepSchema.extend({ time }), epochSchema.extend({ time })]),
);
export type MetricsLine = z.output<typeof metricsLineSchema>;

/** Steps as columns: every array has one entry a step. */
export type StepTable = { [Column in StepColumn]: (number | null)[] };

/** A table that is filled step by step, so that a long run's steps need not be in memory all at once. */
export class StepTableBuilder {
  #terms = -1;
  #count = 0;
  readonly #columns = new Map<StepColumn, { cell: ReturnType<typeof cellOf>; values: (number | null)[] }>();

  add(step: StepEvent): void {
    if (termsOf(step) > this.#terms) this.#widen(termsOf(step));
    for (const { cell, values } of this.#columns.values()) values.push(cell(step));
    this.#count++;
  }

  /** With the columns of as many terms as the step that has the most. */
  table(): StepTable {
    if (this.#terms < 0) this.#widen(0);
    const columns = stepColumns(this.#terms).map((column) => [column, this.#columns.get(column)!.values]);
    return Object.fromEntries(columns) as StepTable;
  }

  #widen(terms: number): void {
    this.#terms = terms;
    for (const column of stepColumns(terms))
      if (!this.#columns.has(column))
        this.#columns.set(column, {
          cell: cellOf(column),
          values: Array.from({ length: this.#count }, () => null),
        });
  }
}

export function stepTable(steps: readonly StepEvent[]): StepTable {
  const builder = new StepTableBuilder();
  for (const step of steps) builder.add(step);
  return builder.table();
}

/** The steps of one role, thinned to what was asked for. */
export type StepSeries = { role: Role } & StepTable;

/** An epoch as curves have it. */
export type EpochPoint = Omit<EpochEvent, 'type' | 'etaRunSeconds'>;

export interface RunMetrics {
  steps: StepSeries[];
  epochs: EpochPoint[];
  /** How many step points there are before thinning. */
  points: number;
}
