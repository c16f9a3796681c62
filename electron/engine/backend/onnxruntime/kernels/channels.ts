import type { Attribute } from '../../onnx/encode.ts';
import { size } from '../kernel.ts';
import { blockedValue, type Emitter, plainValue, type Value } from '../layout.ts';

/**
 * Sums, inner products and affine maps per channel, the pieces of batch norm, in the two layouts. They are chosen by their passes
 * over memory: a batch's activations are far larger than the caches. docs/backend.md has the measurements.
 *
 * Channel vectors are [c]; images are given and returned under the names of `open`.
 */
export interface ChannelOps {
  /** Elements per channel. */
  readonly count: number;
  /** The form of a value of x's shape in which the others take it. */
  open: (value: Value) => string;
  close: (name: string) => Value;
  mean: (x: string) => string;
  sum: (x: string) => string;
  /** sum of x * y */
  product: (x: string, y: string) => string;
  /** x - mean */
  centre: (x: string, mean: string) => string;
  /** activation(x * scale + shift + addend) */
  affine: (x: string, map: AffineMap) => string;
  /** activation(x + y); cheapest where nothing else reads y. */
  add: (x: string, y: string, activation: Activation) => string;
  /** dy where the activation let its input through, from the activation's output y. */
  gate: (dy: string, y: string, activation: Activation) => string;
}

export type Activation = 'none' | 'relu' | 'relu6';

export interface AffineMap {
  scale: string;
  shift?: string;
  /** Of x's shape; copied unless nothing else reads it. */
  addend?: string;
  activation?: Activation;
}

const filled = (e: Emitter, dims: readonly number[], value: number): string =>
  e.graph.constant('float32', dims, new Float32Array(size(dims)).fill(value), `${value} ${dims.join()}`);

/** [rows, c] -> [1, c]: the sum of the rows, times `factor`. A product with a row vector beats ReduceSum several times. */
export function sumRows(e: Emitter, x: string, rows: number, factor = 1): string {
  return e.op('MatMul', [filled(e, [1, rows], factor), x]);
}

/** Activations of the blocked convolution. */
export const fusedActivation: Record<Activation, Record<string, Attribute>> = {
  none: {},
  relu: { activation: 'Relu' },
  relu6: { activation: 'Clip', activation_params: { floats: [0, 6] } },
};

/** Slope of a step from 0 to 1. Powers of two are exact where y = 6. */
const steep = 2 ** 120;

/** 1 where slope * y + offset is above 1, 0 where it is below 0: two to four times faster than Sign or Where. */
function step(e: Emitter, y: string, slope: number, offset: number): string {
  return e.op('HardSigmoid', [y], { alpha: { float: slope }, beta: { float: offset } });
}

/** x [n,h,w,c] in memory [n, c/B, h, w, B]. A depthwise 1x1 convolution is an affine map in one pass. */
export class BlockedChannels implements ChannelOps {
  readonly count: number;
  readonly #e: Emitter;
  readonly #shape: readonly [number, number, number, number];

  constructor(e: Emitter, shape: readonly [number, number, number, number]) {
    this.#e = e;
    this.#shape = shape;
    this.count = shape[0] * shape[1] * shape[2];
  }

  open(value: Value): string {
    return this.#e.blocked(value);
  }

  close(name: string): Value {
    return blockedValue(this.#shape, name);
  }

  mean(x: string): string {
    return this.#overImages(this.#e.blockedOp('GlobalAveragePool', [x]), 1 / this.#shape[0]);
  }

  sum(x: string): string {
    return this.#overImages(this.#e.blockedOp('GlobalAveragePool', [x]), this.#shape[1] * this.#shape[2]);
  }

  /** Every channel of every image is a group of a convolution without padding whose filter is y's map: one product each. */
  product(x: string, y: string): string {
    const [n, h, w, c] = this.#shape;
    const e = this.#e;
    const maps = e.blockedOp('Conv', [e.reshape(x, [1, n * c, h, w]), e.reshape(y, [n * c, 1, h, w])], {
      kernel_shape: [h, w],
      group: n * c,
    });
    return this.#overImages(maps, 1);
  }

  centre(x: string, mean: string): string {
    return this.affine(x, { scale: this.#constant(1), shift: this.#e.op('Neg', [mean]) });
  }

  add(x: string, y: string, activation: Activation): string {
    return this.affine(x, { scale: this.#constant(1), addend: y, activation });
  }

  affine(x: string, { activation = 'none', ...map }: AffineMap): string {
    return this.#map(x, map, fusedActivation[activation]);
  }

  gate(dy: string, y: string, activation: Activation): string {
    const e = this.#e;
    if (activation === 'none') return dy;
    if (activation === 'relu') return e.op('Mul', [step(e, y, steep, 0), dy]);
    // Both steps in one mask: below zero by `depth` where y = 0, and not at all where y is above 2^-103.
    const [slope, depth] = [2 ** 21, 2 ** 24];
    const below = this.#map(
      y,
      { scale: this.#constant(2 ** 127), shift: this.#constant(-depth) },
      { activation: 'Clip', activation_params: { floats: [-depth, 0] } },
    );
    const mask = this.#map(
      y,
      { scale: this.#constant(-slope), shift: this.#constant(6 * slope), addend: below },
      { activation: 'HardSigmoid', activation_params: { floats: [1, 0] } },
    );
    return e.op('Mul', [mask, dy]);
  }

  #map(
    x: string,
    { scale, shift = '', addend }: Omit<AffineMap, 'activation'>,
    activation: Record<string, Attribute>,
  ): string {
    const c = this.#shape[3];
    const inputs = [x, this.#e.reshape(scale, [c, 1, 1, 1])];
    if (shift !== '' || addend !== undefined) inputs.push(shift);
    if (addend !== undefined) inputs.push(addend);
    return this.#e.blockedOp('Conv', inputs, { kernel_shape: [1, 1], group: c, ...activation });
  }

  #constant(value: number): string {
    return filled(this.#e, [this.#shape[3]], value);
  }

  /** One value for each image and channel, in memory [n, c] -> [c]. */
  #overImages(perImage: string, factor: number): string {
    const [n, , , c] = this.#shape;
    return this.#e.reshape(sumRows(this.#e, this.#e.reshape(perImage, [n, c]), n, factor), [c]);
  }
}

/** Rows as long as this keep the broadcasting operators busy; several pixels of few channels make one. */
const longRow = 4096;

/** How many of `count` pixels of c channels make up a row; a divisor of `count`. One where there is little to gain. */
function pixelsPerRow(count: number, channels: number): number {
  if (count * channels <= longRow || channels >= longRow / 8) return 1;
  for (let k = Math.min(count, Math.floor(longRow / channels)); k > 1; k--) if (count % k === 0) return k;
  return 1;
}

/** x [count, c] under any name of that size -> [c]: the sum over the pixels, times `factor`. */
export function sumPixels(e: Emitter, x: string, count: number, channels: number, factor = 1): string {
  const k = pixelsPerRow(count, channels);
  if (k === 1) return e.reshape(sumRows(e, e.reshape(x, [count, channels]), count, factor), [channels]);
  const row = sumRows(e, e.reshape(x, [count / k, k * channels]), count / k);
  return e.reshape(sumRows(e, e.reshape(row, [k, channels]), k, factor), [channels]);
}

/** x [..., c] row by row, several pixels to a row. */
export class PlainChannels implements ChannelOps {
  readonly count: number;
  readonly #e: Emitter;
  readonly #shape: readonly number[];
  readonly #channels: number;
  readonly #pixels: number;

  constructor(e: Emitter, shape: readonly number[]) {
    this.#e = e;
    this.#shape = shape;
    this.#channels = shape.at(-1)!;
    this.count = size(shape) / this.#channels;
    this.#pixels = pixelsPerRow(this.count, this.#channels);
  }

  open(value: Value): string {
    if (this.#pixels === 1) return this.#e.plain(value);
    return this.#e.plainAs(value, [this.count / this.#pixels, this.#pixels * this.#channels]);
  }

  close(name: string): Value {
    return plainValue(this.#shape, this.#pixels === 1 ? name : this.#e.reshape(name, this.#shape));
  }

  mean(x: string): string {
    return sumPixels(this.#e, x, this.count, this.#channels, 1 / this.count);
  }

  sum(x: string): string {
    return sumPixels(this.#e, x, this.count, this.#channels);
  }

  product(x: string, y: string): string {
    return this.sum(this.#e.op('Mul', [x, y]));
  }

  centre(x: string, mean: string): string {
    return this.#e.op('Sub', [x, this.#row(mean)]);
  }

  add(x: string, y: string, activation: Activation): string {
    return this.#activate(this.#e.op('Add', [x, y]), activation);
  }

  gate(dy: string, y: string, activation: Activation): string {
    const e = this.#e;
    if (activation === 'none') return dy;
    const masked = e.op('Mul', [step(e, y, steep, 0), dy]);
    return activation === 'relu' ? masked : e.op('Mul', [step(e, y, -steep, 6 * steep), masked]);
  }

  affine(x: string, { scale, shift, addend, activation = 'none' }: AffineMap): string {
    let y = this.#e.op('Mul', [x, this.#row(scale)]);
    if (shift !== undefined) y = this.#e.op('Add', [y, this.#row(shift)]);
    if (addend !== undefined) y = this.#e.op('Add', [y, addend]);
    return this.#activate(y, activation);
  }

  #activate(x: string, activation: Activation): string {
    if (activation === 'none') return x;
    const e = this.#e;
    return activation === 'relu' ? e.op('Relu', [x]) : e.op('Clip', [x, e.scalar(0), e.scalar(6)]);
  }

  /** [c] -> a row */
  #row(vector: string): string {
    const [k, c] = [this.#pixels, this.#channels];
    return k === 1 ? vector : this.#e.reshape(this.#e.op('Expand', [vector, this.#e.ints(k, c)]), [1, k * c]);
  }
}
