import { DistillError } from '../../contract/errors.ts';
import { halfBits, halfValue, largestHalf } from '../numbers/float16.ts';

/** Beyond a half's range the nearest one there is: an infinite logit would make the loss NaN. */
const rounded = (value: number): number =>
  halfValue(halfBits(Math.min(Math.max(value, -largestHalf), largestHalf)));

/** Rows of numbers in half precision of a fixed list of images, each known or not yet: what one file of a store holds. */
export class LogitTable {
  /** [images, columns], in the order of the list; zeros where not known. */
  readonly values: Float32Array;
  readonly #columns: number;
  readonly #rows: ReadonlyMap<number, number>;
  readonly #known: Uint8Array;

  /** `values`: those of all images; without them none is known. */
  constructor(indices: readonly number[], columns: number, values: Float32Array | null = null) {
    this.values = values ?? new Float32Array(indices.length * columns);
    this.#columns = columns;
    this.#rows = new Map(indices.map((index, row) => [index, row]));
    this.#known = new Uint8Array(indices.length).fill(values ? 1 : 0);
  }

  lists(index: number): boolean {
    return this.#rows.has(index);
  }

  /** The images whose logits are not known. */
  get missing(): number[] {
    return [...this.#rows].flatMap(([index, row]) => (this.#known[row] ? [] : [index]));
  }

  /** A copy of the rows [n, columns] of these images; null where one of them is not known. */
  get(indices: Int32Array): Float32Array<ArrayBuffer> | null {
    const values = new Float32Array(indices.length * this.#columns);
    for (const [i, index] of indices.entries()) {
      const row = this.#row(index);
      if (!this.#known[row]) return null;
      values.set(this.values.subarray(row * this.#columns, (row + 1) * this.#columns), i * this.#columns);
    }
    return values;
  }

  /** Keeps the rows [n, columns] of these images, each rounded to the nearest half. */
  set(indices: Int32Array, values: Float32Array): void {
    for (const [i, index] of indices.entries()) {
      const row = this.#row(index);
      for (let c = 0; c < this.#columns; c++)
        this.values[row * this.#columns + c] = rounded(values[i * this.#columns + c]!);
      this.#known[row] = 1;
    }
  }

  #row(index: number): number {
    const row = this.#rows.get(index);
    if (row === undefined)
      throw new DistillError('INTERNAL', `No teacher logits are stored for image ${index}.`);
    return row;
  }
}
