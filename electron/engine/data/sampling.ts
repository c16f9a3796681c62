import type { Matrix3 } from './augment.ts';

/**
 * Reads one image at places between its pixels, row by row of the result: one bilinear interpolation between pixel
 * centres; places outside are reflected about the centres of the edge pixels (grid_sample with align_corners and
 * reflection padding).
 * Short passes over a row, with floats in and out, run nearly twice as fast in V8 as one long loop over the pixels; the
 * memory is kept, because allocating it would cost as much as an image of 32 x 32.
 */
export class Sampler {
  readonly size: number;
  /** The last row's values, 0 to 255, [size, 3]. */
  readonly row: Float64Array;
  /** The image as floats; one row and one pixel more are read where their weight is 0. */
  readonly #plane: Float64Array;
  /** Of each place in the row: where the pixel left above it lies, and how far right and down of it the place is. */
  readonly #corner: Int32Array;
  readonly #right: Float64Array;
  readonly #down: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.row = new Float64Array(size * 3);
    this.#plane = new Float64Array((size * size + size + 1) * 3);
    this.#corner = new Int32Array(size);
    this.#right = new Float64Array(size);
    this.#down = new Float64Array(size);
  }

  /** The image to read from now on: RGB, [size, size, 3]. */
  load(source: Uint8Array): void {
    this.#plane.set(source);
  }

  /** Fills `row` with row `y` of the result; `matrix` takes pixel positions there to pixel positions in the image. */
  sample(matrix: Matrix3, y: number): void {
    this.#place(matrix, y);
    this.#blend();
  }

  #place([a, b, c, d, e, f, g, h, k]: Matrix3, y: number): void {
    const { size } = this;
    const corner = this.#corner;
    const right = this.#right;
    const down = this.#down;
    const last = size - 1;
    const stride = size * 3;
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
      const column = sx | 0;
      const line = sy | 0;
      right[x] = sx - column;
      down[x] = sy - line;
      corner[x] = line * stride + column * 3;
    }
  }

  #blend(): void {
    const { size, row } = this;
    const plane = this.#plane;
    const corner = this.#corner;
    const stride = size * 3;
    for (let x = 0, out = 0; x < size; x++, out += 3) {
      const at = corner[x]!;
      const under = at + stride;
      const fx = this.#right[x]!;
      const fy = this.#down[x]!;
      const red = plane[at]!;
      const redUnder = plane[under]!;
      const redUpper = red + (plane[at + 3]! - red) * fx;
      const redLower = redUnder + (plane[under + 3]! - redUnder) * fx;
      row[out] = redUpper + (redLower - redUpper) * fy;
      const green = plane[at + 1]!;
      const greenUnder = plane[under + 1]!;
      const greenUpper = green + (plane[at + 4]! - green) * fx;
      const greenLower = greenUnder + (plane[under + 4]! - greenUnder) * fx;
      row[out + 1] = greenUpper + (greenLower - greenUpper) * fy;
      const blue = plane[at + 2]!;
      const blueUnder = plane[under + 2]!;
      const blueUpper = blue + (plane[at + 5]! - blue) * fx;
      const blueLower = blueUnder + (plane[under + 5]! - blueUnder) * fx;
      row[out + 2] = blueUpper + (blueLower - blueUpper) * fy;
    }
  }
}

/** Folds a position into [0, last]; where the homography has a pole, to 0. */
function reflect(position: number, last: number): number {
  const folded = Math.abs(position) % (2 * last);
  if (folded <= last) return folded;
  return folded > last ? 2 * last - folded : 0;
}
