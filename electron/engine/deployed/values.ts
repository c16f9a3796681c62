import type { DeployedInput } from './deployed.ts';

/**
 * What a network is fed of uint8 RGB pixels, [n, size, size, 3]: as floats in its range and order of channels, in the same layout.
 */
export function networkValues(
  images: Uint8Array,
  { values, channels }: Pick<DeployedInput, 'values' | 'channels'>,
): Float32Array {
  const isStatistics = typeof values === 'object';
  const divisor = values === 'pixels' ? 1 : 255;
  const result = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) {
    const channel = i % 3;
    const from = channels === 'RGB' ? i : i - channel + (2 - channel);
    const value = images[from]! / divisor;
    const of = channels === 'RGB' ? channel : 2 - channel;
    result[i] = isStatistics ? (value - values.mean[of]!) / values.std[of]! : value;
  }
  return result;
}
