import { describe, expect, test } from 'vitest';
import {
  type Axis,
  axisOf,
  filtering,
  filterMatrix,
  type Matrix,
  tileSizes,
  transposed,
  valuesOf,
} from '../../../electron/engine/backend/onnxruntime/kernels/convolution/winograd-matrices.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

// In float64, where the identities hold but for the last digits.

const vector = (length: number, seed: number): number[] => {
  const stream = random(seed, 'winograd');
  return Array.from({ length }, () => stream.uniform(-1, 1));
};

const times = ({ rows, columns, at }: Matrix, x: readonly number[]): number[] =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (__, j) => at(i, j) * x[j]!).reduce((a, b) => a + b, 0),
  );

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const largest = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)));
  expect(largest).toBeLessThan(1e-12);
}

/** y[i] = sum over k of d[i + k - padding] * g[k], zeros beyond the ends. */
const correlation = (d: readonly number[], g: readonly number[], outputs: number, padding = 0) =>
  Array.from({ length: outputs }, (_, i) =>
    g.reduce((sum, tap, k) => sum + tap * (d[i + k - padding] ?? 0), 0),
  );

/** Each place's factor of the filter: points repeat for every tile. */
const spread = ({ filter, points, tiles }: Axis, g: readonly number[]): number[] => {
  const u = times(filter, g);
  return Array.from({ length: points * tiles }, (_, i) => u[Math.floor(i / tiles)]!);
};

const product = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value * b[i]!);

test('the tiles that the kernels use', () => {
  expect(tileSizes).toEqual([2, 3, 4, 6]);
});

describe.each(tileSizes)('tiles of %i', (m) => {
  const g = vector(3, 1);

  test('one tile: A^T [(G g) * (B^T d)] is the correlation', () => {
    const { input, filter, output } = filtering(m);
    const d = vector(m + 2, 2);
    expectClose(times(output, product(times(filter, g), times(input, d))), correlation(d, g, m));
  });

  // [inputs, padding before and after]
  test.each([
    [1, 1],
    [3, 1],
    [6, 1],
    [7, 0],
    [12, 1],
    [13, 0],
    [13, 2],
    [24, 1],
  ])('an axis of %i with padding %i: forward and both gradients', (length, padding) => {
    const outputs = length + 2 * padding - 2;
    const axis = axisOf(m, length, outputs, padding);
    const [d, dy] = [vector(length, 3), vector(outputs, 4)];
    const u = spread(axis, g);
    expectClose(times(axis.output, product(u, times(axis.input, d))), correlation(d, g, outputs, padding));
    // dx[j] = sum over k of dy[j - k + padding] g[k]: the correlation with the filter turned round.
    const dm = times(transposed(axis.output), dy);
    const dx = times(transposed(axis.input), product(u, dm));
    expectClose(dx, correlation(dy, [...g].reverse(), length, 2 - padding));
    // dw[k] = sum over i of x[i + k - padding] dy[i]; a point's share comes from all of its tiles.
    const places = product(times(axis.input, d), dm);
    const shares = Array.from({ length: axis.points }, (_, point) =>
      places.slice(point * axis.tiles, (point + 1) * axis.tiles).reduce((a, b) => a + b, 0),
    );
    const expected = [0, 1, 2].map((k) =>
      dy.reduce((sum, value, i) => sum + value * (d[i + k - padding] ?? 0), 0),
    );
    expectClose(times(transposed(axis.filter), shares), expected);
  });

  test('a filter of two axes is the product of its axes', () => {
    const { filter } = filtering(m);
    const [rows, columns] = [vector(3, 5), vector(3, 6)];
    const outer = (a: readonly number[], b: readonly number[]) => a.flatMap((x) => b.map((y) => x * y));
    expectClose(
      times(filterMatrix(filter, filter), outer(rows, columns)),
      outer(times(filter, rows), times(filter, columns)),
    );
  });
});

test('values come row by row', () => {
  const matrix = { rows: 2, columns: 3, at: (i: number, j: number) => 10 * i + j };
  expect([...valuesOf(matrix)]).toEqual([0, 1, 2, 10, 11, 12]);
  expect([...valuesOf(transposed(matrix))]).toEqual([0, 10, 1, 11, 2, 12]);
});
