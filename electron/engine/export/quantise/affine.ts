/** What a value of the graph takes on, over the images of a calibration. */
export interface Range {
  min: number;
  max: number;
}

/** By the names of the graph's values, `inputName` (the normalised image) among them. */
export type ActivationRanges = ReadonlyMap<string, Range>;

/** real = scale (stored - zeroPoint), stored as int8. */
export interface Affine {
  scale: number;
  zeroPoint: number;
}

const [lowest, highest] = [-128, 127];

/**
 * The int8 steps over a range, which is widened to hold 0: padding and ReLU need it exactly. A range of 0 alone has scale 1.
 * The scale is a float32, as files store it.
 */
export function affineOf({ min, max }: Range): Affine {
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = Math.fround((high - low) / (highest - lowest)) || 1;
  const zeroPoint = Math.round(lowest - low / scale);
  return { scale, zeroPoint: Math.min(Math.max(zeroPoint, lowest), highest) };
}

/** Integers with a scale an output channel. */
export interface ScaledIntegers<T = Int8Array | Int32Array> {
  /** In the order of the numbers that they stand for. */
  data: T;
  /** As float32. */
  scales: number[];
}

/** Biases stay below this, so that a sum of products has room beside them in an int32. */
const largestBias = 2 ** 28;

/**
 * A filter as integers: weights as int8 from -127 to 127 around 0, biases as int32 in units of the product of an input and a
 * weight. `channelOf`: the output channel of the weight at an index. A channel's scale does not fall below what its bias needs;
 * where weights and bias are 0 it is 1.
 */
export function quantisedFilter(
  weight: Float32Array,
  bias: Float32Array,
  { inputScale, channelOf }: { inputScale: number; channelOf: (index: number) => number },
): { weight: ScaledIntegers<Int8Array>; bias: ScaledIntegers<Int32Array> } {
  const largest = new Float64Array(bias.length);
  weight.forEach((value, index) => {
    const channel = channelOf(index);
    largest[channel] = Math.max(largest[channel]!, Math.abs(value));
  });
  const scales = Array.from(
    largest,
    (value, channel) =>
      Math.fround(Math.max(value / highest, Math.abs(bias[channel]!) / (inputScale * largestBias))) || 1,
  );
  const products = scales.map((scale) => Math.fround(scale * inputScale));
  return {
    weight: {
      data: Int8Array.from(weight, (value, index) => {
        const stored = Math.round(value / scales[channelOf(index)]!);
        return Math.min(Math.max(stored, -highest), highest);
      }),
      scales,
    },
    bias: {
      data: Int32Array.from(bias, (value, channel) => Math.round(value / products[channel]!)),
      scales: products,
    },
  };
}
