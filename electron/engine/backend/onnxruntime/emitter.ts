import type { Attribute } from '../onnx/encode.ts';
import { microsoftDomain, nchwcDomain, type GraphBuilder } from '../onnx/graph.ts';
import { blockedDims, blockedValue, plainValue, sameShape, type Value } from './layout.ts';
import { processor, type Target } from './target.ts';

/** What kernels emit into: a graph, and conversions between layouts that are made at most once a value. */
export class Emitter {
  readonly graph: GraphBuilder;
  /** Channels per block; null: plain operators only. */
  readonly block: number | null;
  /** Names of the graph's inputs that never change: what is computed of them alone costs nothing. */
  readonly frozen = new Set<string>();
  /** What will compute the graph. */
  readonly target: Target;

  constructor(graph: GraphBuilder, block: number | null, target: Target = processor) {
    this.graph = graph;
    this.block = target.blocks ? block : null;
    this.target = target;
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
    if (this.target.splits)
      return this.graph.nodes('Split', [name, this.ints(...lengths)], lengths.length, { axis });
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
