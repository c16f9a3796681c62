import { expect, test } from 'vitest';
import {
  calibrations,
  entropyRange,
  ObservedValue,
  percentileRange,
} from '../../../../electron/engine/export/quantise/calibrations.ts';
import { binCount } from '../../../../electron/engine/export/quantise/histogram.ts';
import { random } from '../../../../electron/engine/numbers/random.ts';

/** As a value is observed: its range first, then its numbers, in two parts. */
function observed(values: Float32Array): ObservedValue {
  const sorted = values.toSorted();
  const one = new ObservedValue({ min: sorted[0]!, max: sorted.at(-1)! });
  const half = Math.floor(values.length / 2);
  one.add(values.subarray(0, half));
  one.add(values.subarray(half));
  return one;
}

const noise = random(1, 'calibrations');
const normal = Float32Array.from({ length: 40_000 }, () => noise.normal());
/** Of ReLU: half are 0, and one is far out. */
const withOutlier = Float32Array.from(normal, (value, i) => (i === 7 ? 40 : Math.max(0, value)));

/** Of ReLU, few of them large. */
const heavyTailed = normal.map((value) => Math.max(0, value) ** 3);

test('min-max takes in all, and 0', () => {
  const range = calibrations['min-max'](observed(Float32Array.of(2, 3, 5)));
  expect(range).toEqual({ min: 0, max: 5 });
  expect(calibrations['min-max'](observed(Float32Array.of(-2, -1)))).toEqual({ min: -2, max: 0 });
});

test('a percentile cuts off as many values at each end as a sorted list has there', () => {
  const sorted = normal.toSorted();
  const share = 0.99;
  const cut = Math.round((normal.length * (1 - share)) / 2);
  const width = (sorted.at(-1)! - sorted[0]!) / binCount;
  const { min, max } = percentileRange(observed(normal), share);
  expect(Math.abs(min - sorted[cut]!)).toBeLessThan(2 * width);
  expect(Math.abs(max - sorted.at(-1 - cut)!)).toBeLessThan(2 * width);
});

test('of a value that is never below 0 a percentile cuts off at the top alone', () => {
  const { min, max } = calibrations.percentile(observed(withOutlier));
  expect(min).toBe(0);
  expect(max).toBeGreaterThan(3);
  expect(max).toBeLessThan(6);
});

/** numpy.linspace and numpy.digitize: the level of each bin, after pytorch_quantization/calib/histogram.py, _compute_amax_entropy. */
function levelsOf(bins: number, levels: number): number[] {
  const edges = Array.from({ length: levels + 1 }, (_, i) => (i * bins) / levels);
  return Array.from({ length: bins }, (_, bin) => edges.filter((edge) => edge <= bin).length - 1);
}

/** The bins within the threshold, by the definition, one array after the other. */
function referenceBins(counts: number[], levels: number, sizes: number[]): number {
  counts[0] = counts[1]!;
  let [best, bins] = [Infinity, 0];
  for (const size of sizes) {
    const within = counts.slice(0, size);
    const reference = within.with(-1, within.at(-1)! + counts.slice(size).reduce((a, b) => a + b, 0));
    const level = levelsOf(size, levels);
    const sums = new Array<number>(levels).fill(0);
    const filled = new Array<number>(levels).fill(0);
    within.forEach((count, bin) => {
      sums[level[bin]!]! += count;
      filled[level[bin]!]! += count > 0 ? 1 : 0;
    });
    const rounded = within.map((count, bin) => (count > 0 ? sums[level[bin]!]! / filled[level[bin]!]! : 0));
    const [pAll, qAll] = [reference, rounded].map((one) => one.reduce((a, b) => a + b, 0)) as [
      number,
      number,
    ];
    const distance = reference.reduce(
      (sum, count, bin) =>
        count > 0 ? sum + (count / pAll) * Math.log(count / pAll / (rounded[bin]! / qAll)) : sum,
      0,
    );
    if (distance <= best) [best, bins] = [distance, size];
  }
  return bins;
}

test.each([
  ['signed', normal, 128],
  ['rectified, heavy-tailed', heavyTailed, 256],
] as const)('entropy finds the threshold of least divergence: %s', (_, values, levels) => {
  const one = observed(values);
  const largest = Math.max(-one.range.min, one.range.max);
  const width = largest / binCount;
  const { max } = entropyRange(one);
  const found = Math.round(max / width);
  const counts = new Array<number>(binCount).fill(0);
  for (const value of values) counts[Math.min(binCount - 1, Math.floor(Math.abs(value) / width))]!++;
  // Each size costs a pass: some of all, and those around what was found.
  const sizes = Array.from({ length: binCount - levels + 1 }, (__, i) => levels + i).filter(
    (size) => size % 16 === 0 || Math.abs(size - found) < 8 || size === binCount,
  );
  expect(referenceBins(counts, levels, sizes)).toBe(found);
  expect(found).toBeGreaterThan(levels);
  expect(found).toBeLessThan(binCount);
});

test('a value that is always 0 has a range of 0', () => {
  for (const rangeOf of Object.values(calibrations))
    expect(rangeOf(observed(new Float32Array(10)))).toEqual({ min: 0, max: 0 });
});
