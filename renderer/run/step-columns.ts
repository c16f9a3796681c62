import type { RunEvent } from '../../electron/contract/events.ts';
import type { StepSeries } from '../../electron/contract/metrics.ts';

export const stepFields = [
  'step',
  'epoch',
  'loss',
  'labelLoss',
  'distillationLoss',
  'learningRate',
  'momentum',
  'imagesPerSecond',
  'waitShare',
] as const;
export type StepField = (typeof stepFields)[number];
export type StepEvent = Extract<RunEvent, { type: 'step' }>;

/** Points that one role keeps: 200,000 rows of nine doubles are 14 MB. Beyond, every other one is let go. */
const mostPoints = 200_000;
const firstCapacity = 1024;

/** Index of the first value that is not below `x` in ascending `values`. */
export function lowerBound(values: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

const columnsOf = (capacity: number) =>
  Object.fromEntries(stepFields.map((field) => [field, new Float64Array(capacity)])) as Record<
    StepField,
    Float64Array
  >;

/** The steps of one role's training in ascending order, a growing column for each field. What is missing is NaN. */
export class StepColumns {
  readonly #limit: number;
  #columns = columnsOf(firstCapacity);
  #length = 0;
  #rewrites = 0;

  constructor(limit = mostPoints) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  /** Rises whenever points that were there have changed or gone; appending leaves it. */
  get rewrites(): number {
    return this.#rewrites;
  }

  /** A view, valid until the next change. */
  column(field: StepField): Float64Array {
    return this.#columns[field].subarray(0, this.#length);
  }

  /** Steps of one epoch; null before the first point. */
  get stepsPerEpoch(): number | null {
    if (this.#length === 0) return null;
    const last = this.#length - 1;
    return Math.round(this.#columns.step[last]! / this.#columns.epoch[last]!);
  }

  /** Instead of everything that was there. */
  load(series: Omit<StepSeries, 'role'>): void {
    const { length } = series.step;
    this.#columns = columnsOf(Math.max(firstCapacity, length));
    for (const field of stepFields) {
      const column = this.#columns[field];
      // JSON has no NaN: a loss that diverged arrives as null.
      for (const [i, value] of series[field].entries()) column[i] = value ?? Number.NaN;
    }
    this.#length = length;
    this.#rewrites++;
    this.#halve();
  }

  /** A step that is not behind the last one begins anew from there: the training was resumed from a checkpoint. */
  append(event: StepEvent): void {
    const step = (event.epoch - 1) * event.steps + event.step;
    if (this.#length > 0 && step <= this.#columns.step[this.#length - 1]!) {
      this.#length = lowerBound(this.column('step'), step);
      this.#rewrites++;
    }
    if (this.#length === this.#columns.step.length) this.#grow();
    const row: Record<StepField, number | null> = {
      ...event,
      step,
      epoch: event.epoch - 1 + event.step / event.steps,
    };
    for (const field of stepFields) this.#columns[field][this.#length] = row[field] ?? Number.NaN;
    this.#length++;
    this.#halve();
  }

  #grow(): void {
    const grown = columnsOf(2 * this.#length);
    for (const field of stepFields) grown[field].set(this.#columns[field]);
    this.#columns = grown;
  }

  /** Keeps every other point, and the last. */
  #halve(): void {
    while (this.#length > this.#limit) {
      const kept = Math.ceil(this.#length / 2);
      for (const field of stepFields) {
        const column = this.#columns[field];
        for (let i = 0; i < kept - 1; i++) column[i] = column[2 * i]!;
        column[kept - 1] = column[this.#length - 1]!;
      }
      this.#length = kept;
      this.#rewrites++;
    }
  }
}
