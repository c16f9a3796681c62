import { random } from '../../../electron/engine/numbers/random.ts';

/** A 2-D convolution of NHWC images with an HWIO filter, as plain loops in float64. Nothing here is shared with the engine. */

export type Window = readonly [kernelHeight: number, kernelWidth: number];

export interface Convolution {
  n: number;
  h: number;
  w: number;
  c: number;
  /** Channels of the output; those of a depthwise convolution are its input's. */
  o: number;
  kernel: Window;
  stride: number;
  /** On all four sides. */
  padding: number;
  depthwise?: boolean;
}

export const outputSide = (length: number, kernel: number, stride: number, padding: number): number =>
  Math.floor((length + 2 * padding - kernel) / stride) + 1;

export function shapesOf({ n, h, w, c, o, kernel: [kh, kw], stride, padding, depthwise }: Convolution) {
  return {
    x: [n, h, w, c],
    filter: [kh, kw, c, depthwise ? 1 : o],
    y: [n, outputSide(h, kh, stride, padding), outputSide(w, kw, stride, padding), depthwise ? c : o],
  };
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Uniform in [-1, 1): every array another piece of one stream. */
const pool = (() => {
  const stream = random(11, 'pool');
  return Float32Array.from({ length: 1_000_003 }, () => stream.uniform(-1, 1));
})();

export function noiseArray(length: number, seed: number): Float32Array {
  const start = (seed * 7919) % pool.length;
  const values = new Float32Array(length);
  for (let at = 0, from = start; at < length; from = 0) {
    const piece = pool.subarray(from, Math.min(pool.length, from + length - at));
    values.set(piece, at);
    at += piece.length;
  }
  return values;
}

interface Operands {
  x: Float32Array;
  filter: Float32Array;
  dy: Float32Array;
}

type Pass = 'forward' | 'input gradient' | 'filter gradient';

/** One element of a pass's result, by its row-major index. */
export function elementOf(convolution: Convolution, pass: Pass, operands: Operands, index: number): number {
  const { n, h, w, c, kernel, stride: s, padding: p, depthwise } = convolution;
  const [kh, kw] = kernel;
  const [, ho, wo, o] = shapesOf(convolution).y as [number, number, number, number];
  const { x, filter, dy } = operands;
  const inside = (at: number, length: number) => at >= 0 && at < length;
  const xAt = (b: number, y: number, z: number, k: number) =>
    inside(y, h) && inside(z, w) ? x[((b * h + y) * w + z) * c + k]! : 0;
  const dyAt = (b: number, y: number, z: number, k: number) =>
    inside(y, ho) && inside(z, wo) ? dy[((b * ho + y) * wo + z) * o + k]! : 0;
  const tap = (i: number, j: number, k: number, l: number) =>
    depthwise ? filter[(i * kw + j) * c + k]! : filter[((i * kw + j) * c + k) * o + l]!;
  let sum = 0;
  if (pass === 'filter gradient') {
    const outputs = depthwise ? 1 : o;
    const l = index % outputs;
    const k = Math.floor(index / outputs) % c;
    const j = Math.floor(index / (outputs * c)) % kw;
    const i = Math.floor(index / (outputs * c * kw));
    for (let b = 0; b < n; b++)
      for (let y = 0; y < ho; y++)
        for (let z = 0; z < wo; z++)
          sum += xAt(b, y * s + i - p, z * s + j - p, k) * dyAt(b, y, z, depthwise ? k : l);
    return sum;
  }
  const [height, width, channels] = pass === 'forward' ? [ho, wo, o] : [h, w, c];
  const channel = index % channels;
  const column = Math.floor(index / channels) % width;
  const row = Math.floor(index / (channels * width)) % height;
  const b = Math.floor(index / (channels * width * height));
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      if (pass === 'forward') {
        const [y, z] = [row * s + i - p, column * s + j - p];
        if (depthwise) sum += xAt(b, y, z, channel) * tap(i, j, channel, 0);
        else for (let k = 0; k < c; k++) sum += xAt(b, y, z, k) * tap(i, j, k, channel);
      } else {
        const [y, z] = [row + p - i, column + p - j];
        if (y % s !== 0 || z % s !== 0) continue;
        if (depthwise) sum += dyAt(b, y / s, z / s, channel) * tap(i, j, channel, 0);
        else for (let l = 0; l < o; l++) sum += dyAt(b, y / s, z / s, l) * tap(i, j, channel, l);
      }
    }
  }
  return sum;
}

/** Indices to compare: the corners of the map in many channels and images, and as many places anywhere. */
export function samples(shape: readonly number[], count: number): number[] {
  const size = sizeOf(shape);
  if (size <= count) return Array.from({ length: size }, (_, i) => i);
  const stream = random(12, 'samples', ...shape);
  const [n, h, w, c] = shape as [number, number, number, number];
  return Array.from({ length: count }, (_, i) => {
    if (i >= count / 4) return stream.integer(size);
    const [row, column] = [i % 2 === 0 ? 0 : h - 1, Math.floor(i / 2) % 2 === 0 ? 0 : w - 1];
    return ((stream.integer(n) * h + row) * w + column) * c + stream.integer(c);
  });
}

/** Root mean square of the differences at `indices`, over that of the reference. */
export function rmsError(
  actual: Float32Array,
  indices: readonly number[],
  reference: (index: number) => number,
): number {
  let differences = 0;
  let scale = 0;
  for (const index of indices) {
    const expected = reference(index);
    differences += (actual[index]! - expected) ** 2;
    scale += expected ** 2;
  }
  return Math.sqrt(differences / scale);
}
