import type { Attribute } from '../onnx/encode.ts';
import type { ElementType } from '../onnx/fields.ts';
import { microsoftDomain, nchwcDomain, type GraphBuilder } from '../onnx/graph.ts';
import { GraphBuilder as Builder } from '../onnx/graph.ts';
import { floatFeed, type Provider, Session } from './session.ts';

/**
 * ONNX Runtime's fast convolutions want the blocked layout NCHWc: memory [n, c/B, h, w, B] under the logical shape
 * [n, c, h, w]. A tensor may stay blocked between kernels and is turned to tfjs's NHWC only when somebody needs it.
 */

/** Channels per block: 16 with AVX-512, 8 with AVX2; null where the operators are missing. Set once, by `probeBlock`. */
let block: number | null = null;

export function blockSize(): number | null {
  return block;
}

/** Finds the block size with a ReorderInput on a known tensor. */
export function probeBlock(): number | null {
  const channels = 64;
  try {
    const graph = new Builder();
    graph.input('x', 'float32', [1, 1, 2, channels]);
    graph.nodes('ReorderInput', ['x'], 1, { channels_last: 1 }, { domain: nchwcDomain, outputs: ['y'] });
    graph.output('y', 'float32', [1, channels, 1, 2]);
    const session = Session.load(graph, 0);
    const x = Float32Array.from({ length: 2 * channels }, (_, i) => i);
    const y = new Float32Array(2 * channels);
    session.run({ x: floatFeed(x, [1, 1, 2, channels]) }, { y: floatFeed(y, [1, channels, 1, 2]) });
    session.dispose();
    // The second pixel's first channel follows the first pixel's first block.
    const found = y.indexOf(channels);
    block = found === 8 || found === 16 ? found : null;
  } catch {
    block = null;
  }
  return block;
}

/** A tensor inside a graph under construction: its tfjs shape and the names of its plain and blocked forms, if made. */
export interface Value {
  shape: readonly number[];
  dtype: ElementType;
  plain: string | null;
  blocked: string | null;
  /** What it was interleaved of, if it was (kernels/planes.ts). */
  planes?: Planes;
}

/** Planes of even rows and columns, even rows and odd columns, odd and even, odd and odd. null: zeros. */
export interface Planes {
  blocked: boolean;
  names: readonly (string | null)[];
}

export const plainValue = (
  shape: readonly number[],
  plain: string,
  dtype: ElementType = 'float32',
): Value => ({
  shape,
  dtype,
  plain,
  blocked: null,
});

export const blockedValue = (shape: readonly number[], blocked: string): Value => ({
  shape,
  dtype: 'float32',
  plain: null,
  blocked,
});

/** NHWC -> the logical NCHW dims of a blocked value. */
export function blockedDims([n, h, w, c]: readonly number[]): number[] {
  return [n!, c!, h!, w!];
}

export const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/** What kernels emit into: a graph, and conversions between layouts that are made at most once a value. */
export class Emitter {
  readonly graph: GraphBuilder;
  /** Channels per block; null: plain operators only. */
  readonly block: number | null;
  /** Names of the graph's inputs that never change: what is computed of them alone costs nothing. */
  readonly frozen = new Set<string>();
  /** What will compute the graph. */
  readonly provider: Provider;

  constructor(graph: GraphBuilder, block: number | null, provider: Provider = 'cpu') {
    this.graph = graph;
    this.block = provider === 'cpu' ? block : null;
    this.provider = provider;
  }

  op(op: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    return this.graph.node(op, inputs, attributes);
  }

  /** An operator of the blocked domain. */
  blockedOp(op: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    return this.graph.node(op, inputs, attributes, { domain: nchwcDomain });
  }

  microsoftOp(op: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    return this.graph.node(op, inputs, attributes, { domain: microsoftDomain });
  }

  ints(...values: number[]): string {
    return this.graph.ints(values);
  }

  scalar(value: number): string {
    return this.graph.scalar(value);
  }

  /** Pieces of such lengths along an axis. */
  split(name: string, lengths: readonly number[], axis: number): readonly string[] {
    if (this.provider === 'cpu')
      return this.graph.nodes('Split', [name, this.ints(...lengths)], lengths.length, { axis });
    // WebGPU's Split binds a buffer for each piece, and a shader may have eight.
    let end = 0;
    return lengths.map((length) => {
      const begin = end;
      end += length;
      return this.op('Slice', [name, this.ints(begin), this.ints(end), this.ints(axis)]);
    });
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.op('Reshape', [name, this.graph.ints(shape)]);
  }

  /** The value's NHWC (or any-rank row-major) name. */
  plain(value: Value): string {
    value.plain ??= this.#isOneBlock(value)
      ? this.reshape(value.blocked!, value.shape)
      : this.blockedOp('ReorderOutput', [value.blocked!], { channels: value.shape[3]!, channels_last: 1 });
    return value.plain;
  }

  /** One block of channels lies in memory as NHWC does: the layouts differ in their names only. */
  #isOneBlock(value: Value): boolean {
    return value.shape[3] === this.block;
  }

  /** The value's plain name under another shape of the same size. */
  plainAs(value: Value, shape: readonly number[]): string {
    const plain = this.plain(value);
    return sameShape(value.shape, shape) ? plain : this.reshape(plain, shape);
  }

  /** The value as [h * w, n * c], pixels outermost. */
  spatialFirst(value: Value): string {
    const [n, h, w, c] = value.shape as [number, number, number, number];
    const b = this.block;
    const moved =
      value.blocked !== null
        ? this.op('Transpose', [this.reshape(value.blocked, [n, c / b!, h * w, b!])], { perm: [2, 0, 1, 3] })
        : this.op('Transpose', [this.reshape(value.plain!, [n, h * w, c])], { perm: [1, 0, 2] });
    return this.reshape(moved, [h * w, n * c]);
  }

  /** The way back, to the blocked form where the channels allow it. */
  fromSpatialFirst(name: string, shape: readonly number[]): Value {
    const [n, h, w, c] = shape as [number, number, number, number];
    if (this.isWhole(c)) {
      const split = this.reshape(name, [h * w, n, c / this.block!, this.block!]);
      return blockedValue(
        shape,
        this.reshape(this.op('Transpose', [split], { perm: [1, 2, 0, 3] }), blockedDims(shape)),
      );
    }
    const moved = this.op('Transpose', [this.reshape(name, [h * w, n, c])], { perm: [1, 0, 2] });
    return plainValue(shape, this.reshape(moved, shape));
  }

  /** The value's NCHW name. */
  channelsFirst(value: Value): string {
    if (value.blocked !== null) {
      return this.blockedOp('ReorderOutput', [value.blocked], {
        channels: value.shape[3]!,
        channels_last: 0,
      });
    }
    return this.op('Transpose', [this.plain(value)], { perm: [0, 3, 1, 2] });
  }

  blocked(value: Value): string {
    value.blocked ??= this.#isOneBlock(value)
      ? this.reshape(value.plain!, blockedDims(value.shape))
      : this.blockedOp('ReorderInput', [value.plain!], { channels_last: 1 });
    return value.blocked;
  }

  /** Whether the value can be blocked: 4-D, float32, whole blocks of channels. */
  canBlock(value: Pick<Value, 'shape' | 'dtype'>): boolean {
    return value.shape.length === 4 && value.dtype === 'float32' && this.isWhole(value.shape[3]!);
  }

  /** Whether so many channels fill whole blocks. */
  isWhole(channels: number): boolean {
    return this.block !== null && channels % this.block === 0 && channels > 0;
  }
}
