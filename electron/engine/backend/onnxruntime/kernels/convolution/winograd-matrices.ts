/**
 * Minimal filtering (Winograd, 1980; Lavin & Gray, 2015, arXiv 1509.09308) of 3 taps along one axis, by the Toom-Cook
 * construction: m outputs of m + 2 inputs as y = A^T [(G g) * (B^T d)], with m + 2 products in place of 3 m.
 */

const taps = 3;

/**
 * Points of interpolation besides infinity, by tile size. Powers of two, mixed in size, which keeps the error of float32 below
 * that of the textbook's 0, 1, -1, 2, -2.
 */
const pointsOf: Record<number, readonly number[]> = {
  2: [0, 1, -1],
  3: [0, 1, -1, 2],
  4: [0, 1, -1, 2, -0.5],
  6: [0, 1, -1, 0.5, -0.5, 2, -2],
};

export const tileSizes = Object.keys(pointsOf).map(Number);

/** Row-major. */
export interface Matrix {
  rows: number;
  columns: number;
  at: (row: number, column: number) => number;
}

export const transposed = ({ rows, columns, at }: Matrix): Matrix => ({
  rows: columns,
  columns: rows,
  at: (i, j) => at(j, i),
});

export const valuesOf = ({ rows, columns, at }: Matrix): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));

const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);

/** Coefficients of prod (x - root), lowest first. */
function polynomial(roots: readonly number[]): number[] {
  let coefficients = [1];
  for (const root of roots) {
    const shifted = [0, ...coefficients];
    coefficients = shifted.map((value, i) => value - root * (coefficients[i] ?? 0));
  }
  return coefficients;
}

interface Filtering {
  /** B^T [m + 2, m + 2] */
  input: Matrix;
  /** G [m + 2, 3] */
  filter: Matrix;
  /** A^T [m, m + 2] */
  output: Matrix;
}

/** The three matrices for tiles of `m` outputs. */
export function filtering(m: number): Filtering {
  const points = pointsOf[m]!;
  const n = m + taps - 1;
  const others = (j: number) => points.filter((_, i) => i !== j);
  const inputRows = points.map((_, j) => [...polynomial(others(j)), 0]);
  inputRows.push(polynomial(points));
  const scale = points.map((point, j) => product(others(j).map((other) => point - other)));
  // The last row and column belong to infinity.
  return {
    input: { rows: n, columns: n, at: (i, j) => inputRows[i]![j]! },
    filter: {
      rows: n,
      columns: taps,
      at: (i, k) => (i < n - 1 ? points[i]! ** k / scale[i]! : k === taps - 1 ? 1 : 0),
    },
    output: {
      rows: m,
      columns: n,
      at: (i, j) => (j < n - 1 ? points[j]! ** i : i === m - 1 ? 1 : 0),
    },
  };
}

/** One axis cut into tiles; an index of products is (point, tile), row-major. */
export interface Axis {
  points: number;
  tiles: number;
  /** [points * tiles, length of the input]; what lies outside the input is zero. */
  input: Matrix;
  /** [length of the output, points * tiles] */
  output: Matrix;
  /** G [points, 3] */
  filter: Matrix;
}

/** An axis of `length` inputs with `padding` zeros before them, whose outputs are cut into tiles of `m`. */
export function axisOf(m: number, length: number, outputs: number, padding: number): Axis {
  const { input, filter, output } = filtering(m);
  const points = m + taps - 1;
  const tiles = Math.ceil(outputs / m);
  return {
    points,
    tiles,
    filter,
    input: {
      rows: points * tiles,
      columns: length,
      at: (row, column) => {
        const place = column + padding - (row % tiles) * m;
        return place >= 0 && place < points ? input.at(Math.floor(row / tiles), place) : 0;
      },
    },
    output: {
      rows: outputs,
      columns: points * tiles,
      at: (row, column) =>
        Math.floor(row / m) === column % tiles ? output.at(row % m, Math.floor(column / tiles)) : 0,
    },
  };
}

/** G2 [points * points, 9]: both axes of a filter whose taps are numbered row by row. */
export const filterMatrix = (rows: Matrix, columns: Matrix): Matrix => ({
  rows: rows.rows * columns.rows,
  columns: rows.columns * columns.columns,
  at: (i, j) =>
    rows.at(Math.floor(i / columns.rows), Math.floor(j / columns.columns)) *
    columns.at(i % columns.rows, j % columns.columns),
});
