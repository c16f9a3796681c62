import { identityTransform, type Matrix3, type Transform } from './augment.ts';
import { light, lightingTable, tableBounds, tableScale } from './lighting.ts';

/**
 * Writes one image, transformed and normalised, as size * size * 3 floats (v / 255 - mean) / std from
 * `target[offset]` on. `source` is RGB, [size, size, 3].
 * One bilinear interpolation between pixel centres; places outside the image are reflected about the centres of its
 * edge pixels (grid_sample with align_corners and reflection padding). Lighting comes after it, as in fastai.
 */
export function renderInto(
  source: Uint8Array,
  size: number,
  transform: Transform,
  mean: readonly [number, number, number],
  std: readonly [number, number, number],
  target: Float32Array,
  offset: number,
): void {
  if (size === 1 || isIdentity(transform.matrix)) relight(source, transform, mean, std, target, offset);
  else resample(source, size, transform, mean, std, target, offset);
}

/** The transformed image as RGB bytes, [size, size, 3], for people to look at. */
export function renderPreview(source: Uint8Array, size: number, transform: Transform): Uint8Array {
  const values = new Float32Array(size * size * 3);
  renderInto(source, size, transform, [0, 0, 0], [1, 1, 1], values, 0);
  return Uint8Array.from(values, (value) => Math.round(value * 255));
}

function isIdentity(matrix: Matrix3): boolean {
  return matrix.every((value, i) => value === identityTransform.matrix[i]);
}

const levels = new Float32Array(3 * 256);

/** Without geometry a value depends on one byte and its channel: exact, and no interpolation. */
function relight(
  source: Uint8Array,
  { lighting }: Transform,
  mean: readonly [number, number, number],
  std: readonly [number, number, number],
  target: Float32Array,
  offset: number,
): void {
  for (let level = 0; level < 256; level++) {
    const value = lighting ? light(level / 255, lighting) : level / 255;
    levels[level] = (value - mean[0]) / std[0];
    levels[256 + level] = (value - mean[1]) / std[1];
    levels[512 + level] = (value - mean[2]) / std[2];
  }
  for (let i = 0; i < source.length; i += 3) {
    target[offset + i] = levels[source[i]!]!;
    target[offset + i + 1] = levels[256 + source[i + 1]!]!;
    target[offset + i + 2] = levels[512 + source[i + 2]!]!;
  }
}

function resample(
  source: Uint8Array,
  size: number,
  { matrix, lighting }: Transform,
  mean: readonly [number, number, number],
  std: readonly [number, number, number],
  target: Float32Array,
  offset: number,
): void {
  const last = size - 1;
  const [a, b, c, d, e, f, g, h, k] = inPixels(matrix, last);
  const table = lighting && lightingTable(lighting);
  const { low, high } = tableBounds;
  const darkest = lighting ? light(0, lighting) : 0;
  const brightest = lighting ? light(1, lighting) : 1;
  const stride = size * 3;
  let out = offset;
  for (let y = 0; y < size; y++) {
    const rowX = b * y + c;
    const rowY = e * y + f;
    const rowW = h * y + k;
    for (let x = 0; x < size; x++) {
      const w = 1 / (g * x + rowW);
      let sx = (a * x + rowX) * w;
      let sy = (d * x + rowY) * w;
      // Written so that NaN counts as outside.
      if (!(sx >= 0 && sx <= last)) sx = reflect(sx, last);
      if (!(sy >= 0 && sy <= last)) sy = reflect(sy, last);
      const left = sx | 0;
      const top = sy | 0;
      const fx = sx - left;
      const fy = sy - top;
      const right = left < last ? 3 : 0;
      const below = top < last ? stride : 0;
      const at = top * stride + left * 3;
      for (let channel = 0; channel < 3; channel++) {
        const corner = at + channel;
        const p = source[corner]!;
        const q = source[corner + below]!;
        const upper = p + (source[corner + right]! - p) * fx;
        const lower = q + (source[corner + below + right]! - q) * fx;
        const value = upper + (lower - upper) * fy;
        let lit: number;
        if (lighting === null) lit = value / 255;
        else if (table !== null && value >= low && value <= high) {
          const place = value * tableScale;
          const node = place | 0;
          const start = table[node]!;
          lit = start + (table[node + 1]! - start) * (place - node);
        } else if (value === 0) lit = darkest;
        else if (value === 255) lit = brightest;
        else lit = light(value / 255, lighting);
        target[out++] = (lit - mean[channel]!) / std[channel]!;
      }
    }
  }
}

/** The homography between pixel positions 0..last instead of -1..1. */
function inPixels(matrix: Matrix3, last: number): Matrix3 {
  const [a, b, c, d, e, f, g, h, k] = matrix;
  const scale = last / 2;
  // Columns: x = pixel / scale - 1. Rows: pixel = (x + 1) * scale.
  const constants = [c - a - b, f - d - e, k - g - h] as const;
  return [
    a + g,
    b + h,
    (constants[0] + constants[2]) * scale,
    d + g,
    e + h,
    (constants[1] + constants[2]) * scale,
    g / scale,
    h / scale,
    constants[2],
  ];
}

/** Folds a position into [0, last]; where the homography has a pole, to 0. */
function reflect(position: number, last: number): number {
  const folded = Math.abs(position) % (2 * last);
  if (folded <= last) return folded;
  return folded > last ? 2 * last - folded : 0;
}
