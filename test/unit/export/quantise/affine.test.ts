import { expect, test } from 'vitest';
import { affineOf, quantisedFilter } from '../../../../electron/engine/export/quantise/affine.ts';
import { random } from '../../../../electron/engine/numbers/random.ts';

const noise = random(1, 'filters');
const [channels, inner] = [4, 9];
/** Channels of very different size; the third is all 0. */
const sizes = [0.01, 1, 0, 100];
const weight = Float32Array.from(
  { length: channels * inner },
  (_, i) => sizes[Math.floor(i / inner)]! * noise.normal(),
);
const bias = Float32Array.of(0.5, -3, 0.25, 7);
const options = { inputScale: 0.02, channelOf: (index: number) => Math.floor(index / inner) };

test('weights are within half a step of what they were, each channel by its own scale', () => {
  const { data, scales } = quantisedFilter(weight, bias, options).weight;
  expect(scales).toHaveLength(channels);
  weight.forEach((value, index) => {
    const scale = scales[Math.floor(index / inner)]!;
    expect(Math.abs(data[index]! * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
  });
  for (const channel of [1, 3]) {
    const stored = data.subarray(channel * inner, (channel + 1) * inner);
    expect(Math.max(...stored.map(Math.abs))).toBe(127);
  }
});

test("biases are in units of an input's step times a weight's, and leave room in an int32", () => {
  const { weight: weights, bias: biases } = quantisedFilter(weight, bias, options);
  bias.forEach((value, channel) => {
    const unit = biases.scales[channel]!;
    expect(unit / (0.02 * weights.scales[channel]!)).toBeCloseTo(1, 6);
    expect(Math.abs(biases.data[channel]! * unit - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-6 + unit);
    expect(Math.abs(biases.data[channel]!)).toBeLessThanOrEqual(2 ** 28);
  });
});

test('0 is stored exactly, and the ends of the range are the ends of the steps', () => {
  for (const range of [
    { min: -1, max: 3 },
    { min: 0, max: 6 },
    { min: 1, max: 2 },
    { min: -2, max: -1 },
  ]) {
    const { scale, zeroPoint } = affineOf(range);
    expect(Number.isInteger(zeroPoint)).toBe(true);
    const ends = [-128, 127].map((stored) => scale * (stored - zeroPoint));
    expect(Math.abs(ends[0]! - Math.min(range.min, 0))).toBeLessThanOrEqual(scale / 2 + 1e-6);
    expect(Math.abs(ends[1]! - Math.max(range.max, 0))).toBeLessThanOrEqual(scale / 2 + 1e-6);
  }
});
