import { imagenetStatistics, unitStatistics } from '../../contract/recipe/statistics.ts';
import { identityTransform, type Matrix3, type Transform } from './augment.ts';
import { erase } from './erasing.ts';
import { light, lightAll, lightCurve } from './lighting.ts';
import { Sampler } from './sampling.ts';

type Channels = readonly [number, number, number];

/**
 * Writes one image, transformed and normalised, as size * size * 3 floats (v / 255 - mean) / std from
 * `target[offset]` on. `source` is RGB, [size, size, 3].
 * Interpolated once (see Sampler); lighting comes after it, as in fastai, and erasing last.
 */
export function renderInto(
  source: Uint8Array,
  size: number,
  transform: Transform,
  mean: Channels,
  std: Channels,
  target: Float32Array,
  offset: number,
): void {
  if (size === 1 || isIdentity(transform.matrix)) relight(source, transform, mean, std, target, offset);
  else resample(source, size, transform, mean, std, target, offset);
  if (transform.erasing) erase(target, offset, size, transform.erasing);
}

/** The transformed image as RGB bytes, [size, size, 3], for people to look at. */
export function renderPreview(source: Uint8Array, size: number, transform: Transform): Uint8Array {
  const values = new Float32Array(size * size * 3);
  // What is erased is filled after the normalisation, which is ImageNet's unless a recipe has another.
  const { mean, std } = transform.erasing ? imagenetStatistics : unitStatistics;
  renderInto(source, size, transform, mean, std, values, 0);
  return new Uint8Array(
    Uint8ClampedArray.from(values, (value, i) => Math.round((value * std[i % 3]! + mean[i % 3]!) * 255)),
  );
}

function isIdentity(matrix: Matrix3): boolean {
  return matrix.every((value, i) => value === identityTransform.matrix[i]);
}

const levels = new Float32Array(3 * 256);

/** Without geometry a value depends on one byte and its channel: exact, and no interpolation. */
function relight(
  source: Uint8Array,
  { lighting }: Transform,
  mean: Channels,
  std: Channels,
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

let sampler = new Sampler(0);

function resample(
  source: Uint8Array,
  size: number,
  { matrix, lighting }: Transform,
  mean: Channels,
  std: Channels,
  target: Float32Array,
  offset: number,
): void {
  if (sampler.size !== size) sampler = new Sampler(size);
  const inPixels = betweenPixels(matrix, size - 1);
  const curve = lighting && lightCurve(lighting);
  const { row } = sampler;
  // Lit values lie between 0 and 1, others between 0 and 255.
  const unit = curve ? 1 : 255;
  sampler.load(source);
  for (let y = 0; y < size; y++) {
    sampler.sample(inPixels, y);
    if (curve) lightAll(row, curve);
    normalise(row, unit, mean, std, target, offset + y * size * 3);
  }
}

function normalise(
  row: Float64Array,
  unit: number,
  mean: Channels,
  std: Channels,
  target: Float32Array,
  offset: number,
): void {
  const [redScale, greenScale, blueScale] = [1 / (unit * std[0]), 1 / (unit * std[1]), 1 / (unit * std[2])];
  const [redShift, greenShift, blueShift] = [mean[0] / std[0], mean[1] / std[1], mean[2] / std[2]];
  for (let i = 0; i < row.length; i += 3) {
    target[offset + i] = row[i]! * redScale - redShift;
    target[offset + i + 1] = row[i + 1]! * greenScale - greenShift;
    target[offset + i + 2] = row[i + 2]! * blueScale - blueShift;
  }
}

/** The homography between pixel positions 0..last instead of -1..1. */
function betweenPixels(matrix: Matrix3, last: number): Matrix3 {
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
