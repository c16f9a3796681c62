import type { Attribute } from '../../../onnx/encode.ts';
import type { Emitter } from '../../emitter.ts';
import { blockedValue, type Value } from '../../layout.ts';
import type { Activation, AffineMap, ChannelOps } from './ops.ts';
import { steep, step } from './step.ts';
import { filled, sumRows } from './sums.ts';

/** Activations of the blocked convolution. */
export const fusedActivation: Record<Activation, Record<string, Attribute>> = {
  none: {},
  relu: { activation: 'Relu' },
  relu6: { activation: 'Clip', activation_params: { floats: [0, 6] } },
};

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
  product(x: string, y: string, factor = 1): string {
    const [n, h, w, c] = this.#shape;
    const e = this.#e;
    const maps = e.blockedOp('Conv', [e.reshape(x, [1, n * c, h, w]), e.reshape(y, [n * c, 1, h, w])], {
      kernel_shape: [h, w],
      group: n * c,
    });
    return this.#overImages(maps, factor);
  }

  centre(x: string, mean: string): string {
    return this.affine(x, { shift: this.#e.op('Neg', [mean]) });
  }

  add(x: string, y: string, activation: Activation): string {
    return this.affine(x, { addend: y, activation });
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
    { scale = this.#constant(1), shift = '', addend }: Omit<AffineMap, 'activation'>,
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
    return sumRows(this.#e, this.#e.reshape(perImage, [n, c]), n, factor);
  }
}
