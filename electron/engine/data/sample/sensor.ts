import { type Random, random } from '../../numbers/random.ts';
import { encodeLight } from './light.ts';

/** Linear light on a grid of pixels: [height, width, 3]. */
export interface Exposure {
  width: number;
  height: number;
  data: Float32Array;
}

const clamp = (value: number, high: number): number => (value < 0 ? 0 : value > high ? high : value);

/** The mean over `offsets` (dx, dy, weight), pixels beyond the border repeating it. */
function spread(
  { width, height, data }: Exposure,
  offsets: readonly (readonly [number, number, number])[],
): Exposure {
  const result = new Float32Array(data.length);
  for (const [dx, dy, weight] of offsets) {
    for (let y = 0; y < height; y++) {
      const row = clamp(y + dy, height - 1) * width;
      for (let x = 0; x < width; x++) {
        const from = 3 * (row + clamp(x + dx, width - 1));
        const to = 3 * (y * width + x);
        result[to]! += weight * data[from]!;
        result[to + 1]! += weight * data[from + 1]!;
        result[to + 2]! += weight * data[from + 2]!;
      }
    }
  }
  return { width, height, data: result };
}

/** Gaussian blur, `sigma` in pixels. */
export function defocus(image: Exposure, sigma: number): Exposure {
  const radius = Math.ceil(2.2 * sigma);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const along = spread(
    image,
    weights.map((weight, i) => [i - radius, 0, weight / total] as const),
  );
  return spread(
    along,
    weights.map((weight, i) => [0, i - radius, weight / total] as const),
  );
}

/** The camera or the car moved during the exposure by `length` pixels. */
export function smear(image: Exposure, length: number, angle: number): Exposure {
  const taps = Math.round(length) + 1;
  if (taps < 2) return image;
  const offsets = Array.from({ length: taps }, (_, tap) => {
    const at = (tap / (taps - 1) - 0.5) * length;
    return [Math.round(at * Math.cos(angle)), Math.round(at * Math.sin(angle)), 1 / taps] as const;
  });
  return spread(image, offsets);
}

/** Bilinear enlargement. */
export function enlarge(image: Exposure, width: number, height: number): Exposure {
  if (image.width === width && image.height === height) return image;
  const data = new Float32Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const sourceY = clamp(((y + 0.5) * image.height) / height - 0.5, image.height - 1);
    const top = Math.floor(sourceY);
    const below = Math.min(top + 1, image.height - 1);
    const fy = sourceY - top;
    for (let x = 0; x < width; x++) {
      const sourceX = clamp(((x + 0.5) * image.width) / width - 0.5, image.width - 1);
      const left = Math.floor(sourceX);
      const right = Math.min(left + 1, image.width - 1);
      const fx = sourceX - left;
      for (let c = 0; c < 3; c++) {
        const at = (row: number, column: number): number => image.data[3 * (row * image.width + column) + c]!;
        const upper = at(top, left) + fx * (at(top, right) - at(top, left));
        const lower = at(below, left) + fx * (at(below, right) - at(below, left));
        data[3 * (y * width + x) + c] = upper + fy * (lower - upper);
      }
    }
  }
  return { width, height, data };
}

/** Drawn once: a normal deviate for each value of each pixel would cost more than the picture. */
const deviates = ((): Float32Array => {
  const rng = random(0, 'sample', 'sensor');
  return Float32Array.from({ length: 1 << 16 }, () => rng.normal());
})();

/**
 * Reads the sensor out: sRGB bytes with noise, colour shared by blocks of 2 x 2 pixels as JPEG's chroma subsampling does.
 *
 * @param noise standard deviation in steps of a byte
 */
export function develop({ width, height, data }: Exposure, noise: number, rng: Random): Uint8Array {
  const values = new Float32Array(data.length);
  const start = rng.integer(deviates.length);
  for (let i = 0; i < data.length; i++) {
    values[i] = encodeLight(data[i]!) + noise * deviates[(start + i) & (deviates.length - 1)]!;
  }
  const bytes = new Uint8Array(data.length);
  for (let top = 0; top < height; top += 2) {
    for (let left = 0; left < width; left += 2) {
      const bottom = Math.min(top + 2, height);
      const right = Math.min(left + 2, width);
      let redness = 0;
      let blueness = 0;
      let greenness = 0;
      for (let y = top; y < bottom; y++) {
        for (let i = 3 * (y * width + left); i < 3 * (y * width + right); i += 3) {
          const luma = 0.299 * values[i]! + 0.587 * values[i + 1]! + 0.114 * values[i + 2]!;
          redness += values[i]! - luma;
          greenness += values[i + 1]! - luma;
          blueness += values[i + 2]! - luma;
        }
      }
      const pixels = (bottom - top) * (right - left);
      for (let y = top; y < bottom; y++) {
        for (let i = 3 * (y * width + left); i < 3 * (y * width + right); i += 3) {
          const luma = 0.299 * values[i]! + 0.587 * values[i + 1]! + 0.114 * values[i + 2]!;
          bytes[i] = clamp(Math.round(luma + redness / pixels), 255);
          bytes[i + 1] = clamp(Math.round(luma + greenness / pixels), 255);
          bytes[i + 2] = clamp(Math.round(luma + blueness / pixels), 255);
        }
      }
    }
  }
  return bytes;
}
