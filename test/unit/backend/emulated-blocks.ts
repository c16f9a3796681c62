import type { Attribute } from '../../../electron/engine/backend/onnx/encode.ts';
import { Emitter } from '../../../electron/engine/backend/onnxruntime/emitter.ts';
import type { Value } from '../../../electron/engine/backend/onnxruntime/layout.ts';

type Attributes = Record<string, Attribute>;

/**
 * The blocked operators for any size of block, made of ONNX's own: a blocked tensor is put in order, computed with, and blocked
 * again. So what processors with other vectors would compute can be tried on every one.
 */
export class EmulatedBlocks extends Emitter {
  /** What is NCHW though an operator of the blocked domain reads it: images of fewer channels than a block. */
  readonly #plainImages = new Set<string>();

  override channelsFirst(value: Value): string {
    const name = super.channelsFirst(value);
    this.#plainImages.add(name);
    return name;
  }

  override blockedOp(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const [x] = inputs as [string];
    switch (op) {
      case 'ReorderInput':
        return this.#block(attributes['channels_last'] === 1 ? this.#moved(x, [0, 3, 1, 2]) : x);
      case 'ReorderOutput': {
        const channels = attributes['channels'] as number;
        const image = this.op('Slice', [this.#ordered(x), this.ints(0), this.ints(channels), this.ints(1)]);
        return attributes['channels_last'] === 1 ? this.#moved(image, [0, 2, 3, 1]) : image;
      }
      case 'Conv':
        return this.#conv(inputs, attributes);
      case 'MaxPool':
      case 'GlobalAveragePool':
        return this.#block(this.op(op, [this.#ordered(x)], attributes));
      default:
        throw new Error(`${op} is not emulated.`);
    }
  }

  /** x, filter, bias, what is added, then an activation. */
  #conv([x, filter, bias, addend]: readonly string[], attributes: Attributes): string {
    const { activation, activation_params: params, ...window } = attributes;
    const plain = this.#plainImages.has(x!);
    const image = plain ? x! : this.#ordered(x!);
    // Filters of groups, as those of few inputs, are blocked along the outputs alone.
    const inputsToo = !plain && window['group'] === undefined;
    const operands = [image, inputsToo ? this.#orderedFilter(filter!) : this.#ordered(filter!, 0)];
    if (bias) operands.push(bias);
    let y = this.op('Conv', operands, window);
    if (addend) y = this.op('Add', [y, this.#ordered(addend)]);
    const [a, b] = (params as { floats: readonly [number, number] } | undefined)?.floats ?? [0, 0];
    if (activation === 'Relu') y = this.op('Relu', [y]);
    else if (activation === 'Clip') y = this.op('Clip', [y, this.scalar(a), this.scalar(b)]);
    else if (activation === 'HardSigmoid')
      y = this.op('HardSigmoid', [y], { alpha: { float: a }, beta: { float: b } });
    else if (activation !== undefined) throw new Error('This activation is not emulated.');
    return this.#block(y);
  }

  #moved(x: string, perm: number[]): string {
    return this.op('Transpose', [x], { perm });
  }

  /** Logical dims of four axes -> memory [..., axis / B, ..., B] -> the axis whole. */
  #ordered(x: string, axis: 0 | 1 = 1): string {
    const dims = this.op('Shape', [x]);
    const split = this.op('Reshape', [x, this.#splitDims(dims, axis, 'last')]);
    const perm = axis === 0 ? [0, 4, 1, 2, 3] : [0, 1, 4, 2, 3];
    return this.op('Reshape', [this.#moved(split, perm), dims]);
  }

  /** NCHW -> memory [n, c/B, h, w, B] under the same dims. */
  #block(x: string): string {
    const dims = this.op('Shape', [x]);
    const split = this.op('Reshape', [x, this.#splitDims(dims, 1, 'after')]);
    return this.op('Reshape', [this.#moved(split, [0, 1, 3, 4, 2]), dims]);
  }

  /** Memory [o/B, i/B, kh, kw, iB, oB] -> OIHW. */
  #orderedFilter(filter: string): string {
    const dims = this.op('Shape', [filter]);
    const block = this.ints(this.block!);
    const blocks = this.op('Div', [this.#part(dims, 0, 2), block]);
    const split = this.op('Concat', [blocks, this.#part(dims, 2, 4), block, block], { axis: 0 });
    const moved = this.#moved(this.op('Reshape', [filter, split]), [0, 5, 1, 4, 2, 3]);
    return this.op('Reshape', [moved, dims]);
  }

  /** The dims with an axis divided by B, and B at the end or just after it. */
  #splitDims(dims: string, axis: 0 | 1, place: 'last' | 'after'): string {
    const block = this.ints(this.block!);
    const blocks = this.op('Div', [this.#part(dims, axis, axis + 1), block]);
    const rest = this.#part(dims, axis + 1, 4);
    const tail = place === 'last' ? [rest, block] : [block, rest];
    const head = axis === 0 ? [] : [this.#part(dims, 0, axis)];
    return this.op('Concat', [...head, blocks, ...tail], { axis: 0 });
  }

  #part(dims: string, begin: number, end: number): string {
    return this.op('Slice', [dims, this.ints(begin), this.ints(end)]);
  }
}
