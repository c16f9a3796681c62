import type { StepEvent, StepTable } from '../../electron/contract/metrics.ts';
import { cellOf, type StepColumn, stepColumns, termsOf } from '../../electron/contract/step-metrics.ts';

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

interface Column {
  values: Float64Array;
  read: (step: StepEvent) => number | null;
}

/** The steps of one role's training in ascending order, a growing column for each field. What is missing is NaN. */
export class StepColumns {
  readonly #limit: number;
  readonly #columns = new Map<StepColumn, Column>();
  #capacity = firstCapacity;
  #length = 0;
  #rewrites = 0;

  constructor(limit = mostPoints) {
    this.#limit = limit;
    this.#addColumns(0);
  }

  get length(): number {
    return this.#length;
  }

  /** Rises whenever points that were there have changed or gone; appending leaves it. */
  get rewrites(): number {
    return this.#rewrites;
  }

  /** A view, valid until the next change. */
  column(name: StepColumn): Float64Array {
    const column = this.#columns.get(name);
    return column ? column.values.subarray(0, this.#length) : new Float64Array(this.#length).fill(Number.NaN);
  }

  /** Steps of one epoch; null before the first point. */
  get stepsPerEpoch(): number | null {
    const [step, epoch] = [this.column('step').at(-1), this.column('epoch').at(-1)];
    return step === undefined || epoch === undefined ? null : Math.round(step / epoch);
  }

  /** Instead of everything that was there. */
  load(table: StepTable): void {
    const { length } = table.step;
    this.#columns.clear();
    this.#capacity = Math.max(firstCapacity, length);
    for (const [name, figures] of Object.entries(table) as [StepColumn, (number | null)[]][]) {
      const { values } = this.#addColumn(name);
      // JSON has no NaN: a loss that diverged arrives as null.
      for (const [i, value] of figures.entries()) values[i] = value ?? Number.NaN;
    }
    this.#length = length;
    this.#rewrites++;
    this.#halve();
  }

  /** A step that does not follow the last one replaces what comes after it: the training was resumed from a checkpoint. */
  append(event: StepEvent): void {
    const step = cellOf('step')(event)!;
    if (this.#length > 0 && step <= this.column('step').at(-1)!) {
      this.#length = lowerBound(this.column('step'), step);
      this.#rewrites++;
    }
    if (this.#length === this.#capacity) this.#grow();
    this.#addColumns(termsOf(event));
    for (const { values, read } of this.#columns.values()) values[this.#length] = read(event) ?? Number.NaN;
    this.#length++;
    this.#halve();
  }

  /** Those of so many terms, where they are not there yet. */
  #addColumns(terms: number): void {
    for (const name of stepColumns(terms)) if (!this.#columns.has(name)) this.#addColumn(name);
  }

  #addColumn(name: StepColumn): Column {
    const column = { values: new Float64Array(this.#capacity).fill(Number.NaN), read: cellOf(name) };
    this.#columns.set(name, column);
    return column;
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const column of this.#columns.values()) {
      const grown = new Float64Array(this.#capacity);
      grown.set(column.values);
      column.values = grown;
    }
  }

  /** Keeps every other point, and the last. */
  #halve(): void {
    while (this.#length > this.#limit) {
      const kept = Math.ceil(this.#length / 2);
      for (const { values } of this.#columns.values()) {
        for (let i = 0; i < kept - 1; i++) values[i] = values[2 * i]!;
        values[kept - 1] = values[this.#length - 1]!;
      }
      this.#length = kept;
      this.#rewrites++;
    }
  }
}
