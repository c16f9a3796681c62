import type { StepColumn } from '../../electron/contract/step-metrics.ts';
import type { StepColumns } from './step-columns.ts';

/**
 * Exponentially smoothed values, weight in [0, 1): s = weight * s + (1 - weight) * x, divided by 1 - weight^n so that the
 * beginning is not drawn towards zero (as Adam corrects its moments: Kingma & Ba, arXiv 1412.6980). NaN stays NaN and changes
 * nothing after it. Goes on where it stopped as long as points are only appended.
 */
export class Smoothed {
  readonly weight: number;
  #values = new Float64Array(0);
  #done = 0;
  #rewrites = -1;
  #sum = 0;
  #correction = 1;

  constructor(weight: number) {
    this.weight = weight;
  }

  /** A view over all points, valid until the next call. */
  of(columns: StepColumns, name: StepColumn): Float64Array {
    const source = columns.column(name);
    if (columns.rewrites !== this.#rewrites) {
      this.#rewrites = columns.rewrites;
      this.#done = 0;
      this.#sum = 0;
      this.#correction = 1;
    }
    if (this.#values.length < source.length) {
      const grown = new Float64Array(Math.max(1024, 2 * source.length));
      grown.set(this.#values.subarray(0, this.#done));
      this.#values = grown;
    }
    for (let i = this.#done; i < source.length; i++) {
      const value = source[i]!;
      if (Number.isNaN(value)) this.#values[i] = value;
      else {
        this.#sum = this.weight * this.#sum + (1 - this.weight) * value;
        this.#correction *= this.weight;
        this.#values[i] = this.#sum / (1 - this.#correction);
      }
    }
    this.#done = source.length;
    return this.#values.subarray(0, source.length);
  }
}
