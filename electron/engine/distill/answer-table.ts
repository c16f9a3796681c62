import { DistillError } from '../../contract/errors.ts';
import { halfBits, halfValue, largestHalf } from '../numbers/float16.ts';

/** Beyond a half's range the nearest one there is: an infinite logit would make the loss NaN. */
const rounded = (value: number): number =>
  halfValue(halfBits(Math.min(Math.max(value, -largestHalf), largestHalf)));

/** Logits in half precision of a fixed list of images, each known or not yet: what one file of a store holds. */
export class AnswerTable {
  /** [images, classes], in the order of the list; zeros where not known. */
  readonly logits: Float32Array;
  readonly #classes: number;
  readonly #rows: ReadonlyMap<number, number>;
  readonly #known: Uint8Array;

  /** `logits`: those of all images; without them none is known. */
  constructor(indices: readonly number[], classes: number, logits: Float32Array | null = null) {
    this.logits = logits ?? new Float32Array(indices.length * classes);
    this.#classes = classes;
    this.#rows = new Map(indices.map((index, row) => [index, row]));
    this.#known = new Uint8Array(indices.length).fill(logits ? 1 : 0);
  }

  lists(index: number): boolean {
    return this.#rows.has(index);
  }

  /** The images whose answers are not known. */
  get missing(): number[] {
    return [...this.#rows].flatMap(([index, row]) => (this.#known[row] ? [] : [index]));
  }

  /** A copy of the logits [n, classes] of these images; null where one of them is not known. */
  get(indices: Int32Array): Float32Array<ArrayBuffer> | null {
    const logits = new Float32Array(indices.length * this.#classes);
    for (const [i, index] of indices.entries()) {
      const row = this.#row(index);
      if (!this.#known[row]) return null;
      logits.set(this.logits.subarray(row * this.#classes, (row + 1) * this.#classes), i * this.#classes);
    }
    return logits;
  }

  /** Keeps the logits [n, classes] of these images, each rounded to the nearest half. */
  set(indices: Int32Array, logits: Float32Array): void {
    for (const [i, index] of indices.entries()) {
      const row = this.#row(index);
      for (let c = 0; c < this.#classes; c++)
        this.logits[row * this.#classes + c] = rounded(logits[i * this.#classes + c]!);
      this.#known[row] = 1;
    }
  }

  #row(index: number): number {
    const row = this.#rows.get(index);
    if (row === undefined) throw new DistillError('INTERNAL', `Image ${index} is none that answers are for.`);
    return row;
  }
}
