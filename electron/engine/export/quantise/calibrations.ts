import type { Range } from './affine.ts';
import { binCount, Histogram } from './histogram.ts';

/** What is known of a value of the graph over the calibration's images. */
export class ObservedValue {
  /** All that it takes on, and 0. */
  readonly range: Range;
  /** Over the range. */
  readonly values: Histogram;
  /** Of the distances from 0; the same where no value is below. */
  readonly magnitudes: Histogram;

  constructor({ min, max }: Range) {
    this.range = { min: Math.min(min, 0), max: Math.max(max, 0) };
    this.values = new Histogram(this.range);
    this.magnitudes =
      min < 0 ? new Histogram({ min: 0, max: Math.max(-this.range.min, this.range.max) }) : this.values;
  }

  add(values: Float32Array): void {
    this.values.add(values, 'values');
    if (this.magnitudes !== this.values) this.magnitudes.add(values, 'magnitudes');
  }
}

/** Within the range that a value takes on. */
const within = ({ min, max }: Range, low: number, high: number): Range => ({
  min: Math.max(min, low),
  max: Math.min(max, high),
});

const total = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);

/** Share of the values that a range of percentiles holds. */
const kept = 0.9999;

/** The range without the values furthest out, half of them at each end, to whole bins. */
export function percentileRange({ range, values }: ObservedValue, share = kept): Range {
  const { counts } = values;
  const cut = (total(counts) * (1 - share)) / 2;
  let [first, last] = [0, binCount - 1];
  for (let below = counts[first]!; below <= cut && first < last; below += counts[first]!) first++;
  for (let above = counts[last]!; above <= cut && last > first; above += counts[last]!) last--;
  return within(range, values.edge(first), values.edge(last + 1));
}

/**
 * The Kullback-Leibler divergence, sum of p ln(p / q), over the first `size` bins: p is how values are distributed when those
 * `beyond` count in the last bin, q when those within are rounded to so many levels, each level's share spread evenly over its
 * bins that have any. Infinity where q is 0 and p is not.
 */
function divergence(counts: Float64Array, size: number, beyond: number, levels: number): number {
  const within = total(counts.subarray(0, size));
  const last = size - 1;
  if (counts[last] === 0 && beyond > 0) return Infinity;
  let sum = 0;
  for (let level = 0, from = 0; level < levels; level++) {
    const to = Math.ceil(((level + 1) * size) / levels);
    let [inLevel, filled] = [0, 0];
    for (let bin = from; bin < to; bin++) {
      inLevel += counts[bin]!;
      if (counts[bin]! > 0) filled++;
    }
    const q = inLevel / filled / within;
    for (let bin = from; bin < to; bin++) {
      const p = (counts[bin]! + (bin === last ? beyond : 0)) / (within + beyond);
      if (p > 0) sum += p * Math.log(p / q);
    }
    from = to;
  }
  return sum;
}

/**
 * The range [-t, t] whose int8 levels differ least from the values: that with the least divergence of their distribution
 * rounded to levels from the one in which everything beyond t counts at t; of equal ones the largest. S. Migacz, "8-bit Inference
 * with TensorRT", GTC 2017. The zeros that ReLU leaves are exact in any range and would outweigh all else: the first bin counts
 * as the second, as in NVIDIA's pytorch-quantization. A value that is never below 0 has all 256 levels in [0, t].
 */
export function entropyRange({ range, magnitudes }: ObservedValue): Range {
  const counts = magnitudes.counts.slice();
  counts[0] = counts[1]!;
  const levels = range.min < 0 ? 128 : 256;
  let [best, bins] = [Infinity, binCount];
  let beyond = total(counts.subarray(levels));
  for (let size = levels; size <= binCount; size++) {
    const distance = divergence(counts, size, beyond, levels);
    if (distance <= best) [best, bins] = [distance, size];
    beyond -= counts[size] ?? 0;
  }
  const threshold = magnitudes.edge(bins);
  return within(range, -threshold, threshold);
}

/** How the ranges of activations are found. */
export const calibrations = {
  'min-max': ({ range }) => range,
  percentile: (value) => percentileRange(value),
  entropy: entropyRange,
} as const satisfies Record<string, (value: ObservedValue) => Range>;

export type CalibrationMethod = keyof typeof calibrations;
