import type { Emitter } from '../../emitter.ts';
import type { Value } from '../../layout.ts';
import { type ConvInfo, padsOf } from './geometry.ts';
import { tileSize, type TransformOrder, transformOrder } from './ways.ts';
import { type Axis, axisOf, filterMatrix, type Matrix, transposed, valuesOf } from './winograd-matrices.ts';

/**
 * A 3x3 convolution of stride 1 and its two gradients by minimal filtering (winograd-matrices.ts), all of it products of
 * matrices: on tensors laid out as [h, w, n, c] the transforms multiply from the left, and between them stand
 * points^2 products [tiles * n, c] x [c, o], which also have half the multiplications of a direct convolution or fewer. With
 * x -> V and w -> U the forward pass is Y = gather(V U); with dy -> dM the gradients are dx = gather(dM U^T) and dw = G^T (V^T dM),
 * so that nothing is transformed twice where all three stand in one graph.
 */

/** The Kronecker product, its indices ordered (row point, column point, row tile, column tile) and (row, column). */
function together(rows: Matrix, columns: Matrix, r: Axis, c: Axis): Matrix {
  const tiles = r.tiles * c.tiles;
  return {
    rows: rows.rows * columns.rows,
    columns: rows.columns * columns.columns,
    at: (i, j) => {
      const [point, tile] = [Math.floor(i / tiles), i % tiles];
      const row = Math.floor(point / c.points) * r.tiles + Math.floor(tile / c.tiles);
      const column = (point % c.points) * c.tiles + (tile % c.tiles);
      const [y, x] = [Math.floor(j / columns.columns), j % columns.columns];
      return rows.at(row, y) * columns.at(column, x);
    },
  };
}

/** The columns' transform for all of a row point's tiles: indices (column point, row tile, column tile) and (row tile, column). */
function acrossTiles(columns: Matrix, r: Axis, c: Axis): Matrix {
  return {
    rows: columns.rows * r.tiles,
    columns: columns.columns * r.tiles,
    at: (i, j) => {
      const point = Math.floor(i / (r.tiles * c.tiles));
      const tile = i % (r.tiles * c.tiles);
      if (Math.floor(tile / c.tiles) !== Math.floor(j / columns.columns)) return 0;
      return columns.at(point * c.tiles + (tile % c.tiles), j % columns.columns);
    },
  };
}

export class Winograd {
  readonly #e: Emitter;
  readonly #info: ConvInfo;
  readonly #tile: number;
  readonly #rows: Axis;
  readonly #columns: Axis;
  readonly #order: TransformOrder;

  /** `tile`: one of `tileSizes`; the table's (ways.ts) unless given. */
  constructor(e: Emitter, info: ConvInfo, tile = tileSize(info)) {
    this.#e = e;
    this.#info = info;
    this.#tile = tile;
    const [top, left] = padsOf(info);
    this.#rows = axisOf(tile, info.inHeight, info.outHeight, top);
    this.#columns = axisOf(tile, info.inWidth, info.outWidth, left);
    this.#order = transformOrder(info, this.#rows.tiles);
  }

  /** x, filter HWIO (its name) -> y */
  forward(x: Value, filter: string): Value {
    const products = this.#multiply(this.#inputPoints(x), this.#filterPoints(filter), {});
    const { outShape, outChannels } = this.#info;
    return this.#gathered('y', products, this.#rows.output, this.#columns.output, outChannels, outShape);
  }

  /** dy, filter HWIO (its name) -> dx */
  inputGradient(dy: Value, filter: string): Value {
    const products = this.#multiply(this.#outputPoints(dy), this.#filterPoints(filter), { transB: 1 });
    const [rows, columns] = [transposed(this.#rows.input), transposed(this.#columns.input)];
    return this.#gathered('x', products, rows, columns, this.#info.inChannels, this.#info.inShape);
  }

  /** x, dy -> the name of dw, HWIO */
  filterGradient(x: Value, dy: Value): string {
    const e = this.#e;
    const { inChannels: c, outChannels: o } = this.#info;
    let products = this.#multiply(this.#inputPoints(x), this.#outputPoints(dy), { transA: 1 });
    if (this.#order === 'nested') products = e.op('ReduceSum', [products, e.ints(1)], { keepdims: 0 });
    const points = this.#rows.points * this.#columns.points;
    const matrix = transposed(filterMatrix(this.#rows.filter, this.#columns.filter));
    const gradient = e.op('MatMul', [this.#matrix('dw', matrix), e.reshape(products, [points, c * o])]);
    return e.reshape(gradient, [3, 3, c, o]);
  }

  #multiply(a: string, b: string, attributes: { transA?: 1; transB?: 1 }): string {
    if (Object.keys(attributes).length === 0) return this.#e.op('MatMul', [a, b]);
    return this.#e.microsoftOp('FusedMatMul', [a, b], attributes);
  }

  /** U, to be multiplied with the points of all tiles: [points..., c, o] */
  #filterPoints(filter: string): string {
    const e = this.#e;
    const { inChannels: c, outChannels: o } = this.#info;
    const matrix = this.#matrix('u', filterMatrix(this.#rows.filter, this.#columns.filter));
    const points = e.op('MatMul', [matrix, e.reshape(filter, [9, c * o])]);
    const [r, s] = [this.#rows.points, this.#columns.points];
    return e.reshape(points, this.#order === 'nested' ? [r, 1, s, c, o] : [r * s, c, o]);
  }

  /** V */
  #inputPoints(x: Value): string {
    const { input: rows } = this.#rows;
    return this.#spread('v', x, rows, this.#columns.input, this.#info.inChannels);
  }

  /** dM */
  #outputPoints(dy: Value): string {
    const [rows, columns] = [transposed(this.#rows.output), transposed(this.#columns.output)];
    return this.#spread('m', dy, rows, columns, this.#info.outChannels);
  }

  /** A map into its points: [points, tiles * n, channels], or nested [row points, row tiles, column points, column tiles * n, channels]. */
  #spread(name: string, value: Value, rows: Matrix, columns: Matrix, channels: number): string {
    const e = this.#e;
    const [r, c] = [this.#rows, this.#columns];
    const n = this.#info.batchSize;
    const [h, w, row] = [rows.columns, columns.columns, n * channels];
    const map = e.spatialFirst(value);
    if (this.#order === 'one-pass') {
      const matrix = this.#matrix(name, together(rows, columns, r, c));
      const points = e.op('MatMul', [matrix, e.reshape(map, [h * w, row])]);
      return e.reshape(points, [r.points * c.points, r.tiles * c.tiles * n, channels]);
    }
    const first = e.op('MatMul', [this.#matrix(`${name}r`, rows), e.reshape(map, [h, w * row])]);
    if (this.#order === 'side-by-side') {
      const matrix = this.#matrix(name, acrossTiles(columns, r, c));
      const points = e.op('MatMul', [matrix, e.reshape(first, [r.points, r.tiles * w, row])]);
      return e.reshape(points, [r.points * c.points, r.tiles * c.tiles * n, channels]);
    }
    const lines = e.reshape(first, [r.points * r.tiles, w, row]);
    const points = e.op('MatMul', [this.#matrix(`${name}c`, columns), lines]);
    return e.reshape(points, [r.points, r.tiles, c.points, c.tiles * n, channels]);
  }

  /** The way back: `rows` [height, points * tiles] and `columns` alike. */
  #gathered(
    name: string,
    points: string,
    rows: Matrix,
    columns: Matrix,
    channels: number,
    shape: readonly number[],
  ): Value {
    const e = this.#e;
    const [r, c] = [this.#rows, this.#columns];
    const row = this.#info.batchSize * channels;
    const [h, w] = [rows.rows, columns.rows];
    let map: string;
    if (this.#order === 'one-pass') {
      const matrix = transposed(together(transposed(rows), transposed(columns), r, c));
      map = e.op('MatMul', [this.#matrix(name, matrix), e.reshape(points, [matrix.columns, row])]);
    } else {
      let lines: string;
      if (this.#order === 'side-by-side') {
        const matrix = transposed(acrossTiles(transposed(columns), r, c));
        const list = e.reshape(points, [r.points, matrix.columns, row]);
        lines = e.op('MatMul', [this.#matrix(name, matrix), list]);
      } else {
        const list = e.reshape(points, [r.points * r.tiles, c.points * c.tiles, row]);
        lines = e.op('MatMul', [this.#matrix(`${name}c`, columns), list]);
      }
      const flat = e.reshape(lines, [r.points * r.tiles, w * row]);
      map = e.op('MatMul', [this.#matrix(`${name}r`, rows), flat]);
    }
    return e.fromSpatialFirst(e.reshape(map, [h * w, row]), shape);
  }

  #matrix(name: string, matrix: Matrix): string {
    const { inHeight, inWidth, outHeight, outWidth } = this.#info;
    const [top, left] = padsOf(this.#info);
    // The tile's size depends on the batch, too.
    const key = ['winograd', name, this.#tile, inHeight, inWidth, outHeight, outWidth, top, left].join();
    return this.#e.graph.constant('float32', [matrix.rows, matrix.columns], () => valuesOf(matrix), key);
  }
}
