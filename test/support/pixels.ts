import type { ImageRecipe } from '../../electron/contract/recipe/image.ts';
import { random } from '../../electron/engine/numbers/random.ts';

/** Pixels as a camera gives them: uint8 RGB, [n, size, size, 3], the same for the same seed. */
export function noisePixels(n: number, size: number, seed = 1): Uint8Array {
  const noise = random(seed, 'pixels');
  return Uint8Array.from({ length: n * size * size * 3 }, () => noise.integer(256));
}

/** (v / 255 - mean) / std of NHWC pixels. */
export const normalised = (pixels: Uint8Array, { mean, std }: ImageRecipe): Float32Array =>
  Float32Array.from(pixels, (value, i) => (value / 255 - mean[i % 3]!) / std[i % 3]!);

/** NHWC to NCHW, of RGB. */
export function planes(images: Float32Array, size: number): Float32Array {
  const area = size * size;
  return Float32Array.from(images, (_, i) => {
    const [image, channel, at] = [Math.floor(i / (3 * area)), Math.floor(i / area) % 3, i % area];
    return images[(image * area + at) * 3 + channel]!;
  });
}
