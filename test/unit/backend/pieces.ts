import type * as tf from '@tensorflow/tfjs-core';
import { GraphBuilder } from '../../../electron/engine/backend/onnx/graph.ts';
import type { Attributes, NativeKernel } from '../../../electron/engine/backend/onnxruntime/kernel.ts';
import { Emitter } from '../../../electron/engine/backend/onnxruntime/emitter.ts';
import {
  blockedDims,
  blockedValue,
  plainValue,
  type Value,
} from '../../../electron/engine/backend/onnxruntime/layout.ts';
import { floatFeed } from '../../../electron/engine/backend/onnxruntime/feed.ts';
import { Session } from '../../../electron/engine/backend/onnxruntime/session.ts';
import { type Convolution, shapesOf, sizeOf } from './reference.ts';

/** Pieces of graphs in sessions of their own, and the layouts of their tensors by hand. */

export interface Operand {
  shape: readonly number[];
  data: Float32Array;
  /** Whether the piece is given it blocked. */
  blocked?: boolean;
}

/** NHWC -> memory [n, c/B, h, w, B], and back. */
function reordered(
  values: Float32Array,
  [n, h, w, c]: readonly number[],
  block: number,
  back: boolean,
): Float32Array {
  const result = new Float32Array(values.length);
  const [pixels, groups] = [h! * w!, c! / block];
  for (let image = 0; image < n!; image++)
    for (let pixel = 0; pixel < pixels; pixel++)
      for (let group = 0; group < groups; group++) {
        const plain = (image * pixels + pixel) * c! + group * block;
        const blocked = ((image * groups + group) * pixels + pixel) * block;
        const [from, to] = back ? [blocked, plain] : [plain, blocked];
        for (let i = 0; i < block; i++) result[to + i] = values[from + i]!;
      }
  return result;
}

type EmitterOf = (graph: GraphBuilder) => Emitter;

/** Runs what `emit` builds; its results row by row, in whichever layout they came. */
export function runPieces(
  emitterOf: EmitterOf,
  operands: readonly Operand[],
  emit: (e: Emitter, values: readonly Value[]) => readonly Value[],
): Float32Array[] {
  const graph = new GraphBuilder();
  const emitter = emitterOf(graph);
  const values = operands.map(({ shape, blocked }, i) =>
    blocked
      ? blockedValue(shape, graph.input(`x${i}`, 'float32', blockedDims(shape)))
      : plainValue(shape, graph.input(`x${i}`, 'float32', shape)),
  );
  const results = emit(emitter, values).map(({ shape, plain, blocked }) => ({
    shape,
    isBlocked: plain === null,
    // No output may be an input or another output.
    name: graph.node('Identity', [plain ?? blocked!], {}, { outputs: [`y${graph.nodeList.length}`] }),
    dims: plain === null ? blockedDims(shape) : shape,
    data: new Float32Array(sizeOf(shape)),
  }));
  for (const { name, dims } of results) graph.output(name, 'float32', dims);
  const session = Session.load(graph, 0);
  const feeds = operands.map(({ shape, data, blocked }, i) => {
    const array = blocked ? reordered(data, shape, emitter.block!, false) : data;
    return [`x${i}`, floatFeed(array, blocked ? blockedDims(shape) : shape)] as const;
  });
  const fetches = results.map(({ name, data, dims }) => [name, floatFeed(data, dims)] as const);
  try {
    session.run(Object.fromEntries(feeds), Object.fromEntries(fetches));
  } finally {
    session.dispose();
  }
  return results.map(({ shape, data, isBlocked }) =>
    isBlocked ? reordered(data, shape, emitter.block!, true) : data,
  );
}

/** The same of one result. */
export function runPiece(
  emitterOf: EmitterOf,
  operands: readonly Operand[],
  emit: (e: Emitter, values: readonly Value[]) => Value,
): Float32Array {
  return runPieces(emitterOf, operands, (e, values) => [emit(e, values)])[0]!;
}

/** An emitter of ONNX Runtime's own operators. */
export const nativeEmitter = (block: number | null) => (graph: GraphBuilder) => new Emitter(graph, block);

/** What tfjs tells the three kernels of a convolution. */
export function attributesOf(convolution: Convolution): Attributes {
  const { stride, padding: p } = convolution;
  const { x, filter } = shapesOf(convolution);
  const sides: [number, number] = [p, p];
  const pad: tf.backend_util.ExplicitPadding = [[0, 0], sides, sides, [0, 0]];
  return {
    strides: [stride, stride],
    pad,
    dataFormat: 'NHWC',
    dilations: [1, 1],
    inputShape: x,
    filterShape: filter,
  };
}

export const emitKernel =
  (kernel: NativeKernel, attributes: Attributes, shape: readonly number[]) =>
  (e: Emitter, values: readonly Value[]): Value =>
    kernel.emit(e, values, attributes, [{ shape: [...shape], dtype: 'float32' }])[0]!;
