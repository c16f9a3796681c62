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

export interface SymmetricWeights {
  /** In the order of the weights. */
  data: Int8Array;
  /** One an output channel, as float32. */
  scales: number[];
}

/**
 * Weights as int8 from -127 to 127 around 0, a scale an output channel. `channelOf`: the output channel of the weight at an
 * index. `leastScale`: below which a channel's scale does not fall. A channel of zeros has that, or 1 where it is 0.
 */
export function symmetricWeights(
  weights: Float32Array,
  channels: number,
  channelOf: (index: number) => number,
  leastScale: (channel: number) => number = () => 0,
): SymmetricWeights {
  const largest = new Float64Array(channels);
  weights.forEach((weight, index) => {
    const channel = channelOf(index);
    largest[channel] = Math.max(largest[channel]!, Math.abs(weight));
  });
  const scales = Array.from(
    largest,
    (value, channel) => Math.fround(Math.max(value / highest, leastScale(channel))) || 1,
  );
  const data = Int8Array.from(weights, (weight, index) => {
    const stored = Math.round(weight / scales[channelOf(index)]!);
    return Math.min(Math.max(stored, -highest), highest);
  });
  return { data, scales };
}
