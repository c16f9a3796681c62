import type { Emitter } from '../emitter.ts';

/**
 * Max pooling's gradient for windows of two or three pixels at a stride of two, on blocked images, without indices: the gradient of
 * a window goes to its first maximum, row by row.
 *
 * That maximum lies in the first row whose own maximum is the window's, and is the first one of that row. So the gradient is shared
 * out among rows and then among columns, each time over the places a, b, c of a window: b at an even place, c behind it and, in
 * windows of three, a before it. Two comparisons find which comes first. Each is one depthwise convolution: a difference of
 * neighbours with a steep HardSigmoid (1 where positive, else 0) as its activation. docs/backend.md has the measurements.
 */

type Axis = 'rows' | 'columns';

/** The reciprocal of the smallest normal number: every positive difference becomes 1. */
const steep = { activation: 'HardSigmoid', activation_params: { floats: [2 ** 126, 0] } };

/** Operators along one axis of blocked images of one block of channels, [count, B, height, width]. */
class AxisOps {
  readonly #e: Emitter;
  readonly #axis: Axis;

  constructor(e: Emitter, axis: Axis) {
    this.#e = e;
    this.#axis = axis;
  }

  /** x[s*i - begin] * taps[0] + x[s*i - begin + 1] * taps[1] (+ addend) for every place i, zeros beyond the borders. */
  correlate(
    x: string,
    taps: readonly [number, number],
    place: { stride: number; begin?: number; end?: number },
    options: { addend?: string; steep?: boolean } = {},
  ): string {
    const b = this.#e.block!;
    const filter = new Float32Array(2 * b).fill(taps[0], 0, b).fill(taps[1], b);
    const key = `taps ${this.#axis} ${taps.join()}`;
    const constant = this.#e.graph.constant('float32', [b, 1, ...this.#along(2, 1)], filter, key);
    const addend = options.addend === undefined ? [] : ['', options.addend];
    return this.#e.blockedOp('Conv', [x, constant, ...addend], {
      kernel_shape: this.#along(2, 1),
      strides: this.#along(place.stride, 1),
      pads: [...this.#along(place.begin ?? 0, 0), ...this.#along(place.end ?? 0, 0)],
      group: b,
      ...(options.steep ? steep : {}),
    });
  }

  /** Maxima of windows at a stride of two. */
  maxima(x: string, window: number, begin: number): string {
    return this.#e.blockedOp('MaxPool', [x], {
      kernel_shape: this.#along(window, 1),
      strides: this.#along(2, 1),
      pads: [...this.#along(begin, 0), 0, 0],
    });
  }

  /** x with 1 instead of its values, 0 or 1, in the first place. */
  withFirst(x: string, [count, b, height, width]: Dims): string {
    const rows = this.#axis === 'rows';
    const border = new Float32Array(rows ? height : width * b).fill(1, 0, rows ? 1 : b);
    const dims = rows ? [height, 1] : [width * b];
    const ones = this.#e.graph.constant('float32', dims, border, `first ${this.#axis} ${border.length}`);
    const lines = this.#e.reshape(x, [count, height, width * b]);
    return this.#e.reshape(this.#e.op('Max', [lines, ones]), [count, b, height, width]);
  }

  /** Places of even and of odd number, one after the other. */
  interleave(even: string, odd: string, [count, b, height, width]: Dims): string {
    const rows = this.#axis === 'rows';
    const lines = rows ? [count * height, width * b] : [count * height * width, b];
    const pairs = this.#e.op('Concat', [this.#e.reshape(even, lines), this.#e.reshape(odd, lines)], {
      axis: 1,
    });
    const [h, w] = this.#along(2, 1);
    return this.#e.reshape(pairs, [count, b, height * h, width * w]);
  }

  #along(value: number, other: number): [number, number] {
    return this.#axis === 'rows' ? [value, other] : [other, value];
  }
}

type Dims = [count: number, block: number, height: number, width: number];

/** Shares the gradient dy of windows along an axis out among their places. x: what was pooled along the axis; dims: dy's. */
function share(e: Emitter, axis: Axis, dy: string, x: string, window: 2 | 3, dims: Dims): string {
  const ops = new AxisOps(e, axis);
  // Where c > b.
  const last = ops.correlate(x, [-1, 1], { stride: 2 }, { steep: true });
  if (window === 2) {
    const c = e.op('Mul', [last, dy]);
    return ops.interleave(e.op('Sub', [dy, c]), c, dims);
  }
  // Where max(b, c) > a, and at the border, where there is no a.
  const addend = ops.maxima(x, 2, 0);
  const later = ops.correlate(x, [-1, 0], { stride: 2, begin: 1 }, { addend, steep: true });
  const rest = e.op('Mul', [ops.withFirst(later, dims), dy]);
  const a = e.op('Sub', [dy, rest]);
  const c = e.op('Mul', [last, rest]);
  const b = e.op('Sub', [rest, c]);
  // An odd place is c of one window and a of the next.
  return ops.interleave(b, ops.correlate(a, [0, 1], { stride: 1, end: 1 }, { addend: c }), dims);
}

/**
 * dy blocked [n,c,h/2,w/2], x blocked [n,c,h,w] -> dx blocked [n,c,h,w]; h and w are even. Windows of three are padded by one at
 * top and left, windows of two not at all.
 */
export function stridedMaxPoolGradient(
  e: Emitter,
  dy: string,
  x: string,
  [n, h, w, c]: readonly [number, number, number, number],
  window: 2 | 3,
): string {
  const b = e.block!;
  const count = (n * c) / b;
  const image = e.reshape(x, [count, b, h, w]);
  const rowMaxima = new AxisOps(e, 'columns').maxima(image, window, window - 2);
  const gradient = e.reshape(dy, [count, b, h / 2, w / 2]);
  const byRow = share(e, 'rows', gradient, rowMaxima, window, [count, b, h / 2, w / 2]);
  const dx = share(e, 'columns', byRow, image, window, [count, b, h, w / 2]);
  return e.reshape(dx, [n, c, h, w]);
}
