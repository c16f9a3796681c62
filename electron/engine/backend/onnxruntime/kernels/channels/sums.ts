import type { Emitter } from '../../emitter.ts';
import { size } from '../../kernel.ts';

/** A constant of such dims, the same value throughout. */
export const filled = (e: Emitter, dims: readonly number[], value: number): string =>
  e.graph.constant('float32', dims, new Float32Array(size(dims)).fill(value), `${value} ${dims.join()}`);

/** [..., rows, c] -> [..., c]: the sum of the rows, times `factor`. A product with a vector beats ReduceSum several times. */
export function sumRows(e: Emitter, x: string, rows: number, factor = 1): string {
  if (e.target.provider === 'cpu') return e.op('MatMul', [filled(e, [rows], factor), x]);
  // Not tried on a GPU: products with a vector.
  return e.op('Squeeze', [e.op('MatMul', [filled(e, [1, rows], factor), x]), e.ints(-2)]);
}

/** Rows as long as this keep the broadcasting operators busy; several pixels of few channels make one. */
const longRow = 4096;

/** How many of `count` pixels of c channels make up a row; a divisor of `count`. One where there is little to gain. */
export function pixelsPerRow(count: number, channels: number): number {
  if (count * channels <= longRow || channels >= longRow / 8) return 1;
  for (let k = Math.min(count, Math.floor(longRow / channels)); k > 1; k--) if (count % k === 0) return k;
  return 1;
}

/** x [count, c] under any name of that size -> [c]: the sum over the pixels, times `factor`. */
export function sumPixels(e: Emitter, x: string, count: number, channels: number, factor = 1): string {
  const k = pixelsPerRow(count, channels);
  if (k === 1) return sumRows(e, e.reshape(x, [count, channels]), count, factor);
  const row = sumRows(e, e.reshape(x, [count / k, k * channels]), count / k);
  return sumRows(e, e.reshape(row, [k, channels]), k, factor);
}
