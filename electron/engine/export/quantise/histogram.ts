import type { Range } from './affine.ts';

/** As many as TensorRT's calibration counts in. */
export const binCount = 2048;

/** How often values fall into equal bins of a range. */
export class Histogram {
  readonly low: number;
  /** Of a bin. */
  readonly width: number;
  readonly counts = new Float64Array(binCount);

  constructor({ min, max }: Range) {
    this.low = min;
    this.width = (max - min) / binCount;
  }

  /** Values, or their distances from 0. Those outside of the range count into its outermost bins. */
  add(values: Float32Array, of: 'values' | 'magnitudes'): void {
    const { low, counts } = this;
    const perUnit = this.width > 0 ? 1 / this.width : 0;
    for (const value of values) {
      const bin = Math.floor(((of === 'values' ? value : Math.abs(value)) - low) * perUnit);
      counts[bin < 0 ? 0 : bin >= binCount ? binCount - 1 : bin]!++;
    }
  }

  /** The lower edge of a bin. */
  edge(bin: number): number {
    return this.low + bin * this.width;
  }
}
