import type { TensorInfo } from '@tensorflow/tfjs-core';
import { GraphBuilder } from '../onnx/graph.ts';
import { keyOf } from '../onnx/key.ts';
import type { OnnxRuntimeBackend } from './backend.ts';
import { type Attributes, type Inputs, type NativeKernel, size, type TensorSpec } from './kernel.ts';
import { blockSize } from './block-size.ts';
import { Emitter } from './emitter.ts';
import { blockedDims, blockedValue, plainValue, type Value } from './layout.ts';
import type { NativeType } from './native-array.ts';
import { type Feed, floatFeed } from './feed.ts';
import { Session } from './session.ts';
import { SessionCache } from './session-cache.ts';

interface Compiled {
  session: Session;
  outputNames: string[];
  /** Whether each output comes blocked. */
  blocked: boolean[];
}

const compiled = new SessionCache<Compiled>();

function compile(
  kernel: NativeKernel,
  inputs: Inputs,
  blocked: readonly boolean[],
  attributes: Attributes,
  specs: TensorSpec[],
): Compiled {
  const graph = new GraphBuilder();
  const emitter = new Emitter(graph, blockSize());
  const values = inputs.map((input, i): Value | undefined => {
    if (!input) return undefined;
    const name = `x${i}`;
    if (blocked[i]) return blockedValue(input.shape, graph.input(name, 'float32', blockedDims(input.shape)));
    const dtype = input.dtype as NativeType;
    return plainValue(input.shape, graph.input(name, dtype, input.shape), dtype);
  });
  // Kernels look at an optional input before they use it.
  const results = kernel.emit(emitter, values as Value[], attributes, specs);
  const outputNames: string[] = [];
  const outputBlocked: boolean[] = [];
  results.forEach((value, i) => {
    const spec = specs[i]!;
    const keepBlocked = value.plain === null;
    let name = keepBlocked ? value.blocked! : emitter.plainAs(value, spec.shape);
    // A graph's output must be a node's, and each must be another one.
    if (outputNames.includes(name) || /^x\d+$/.test(name)) name = emitter.op('Identity', [name]);
    graph.output(name, spec.dtype, keepBlocked ? blockedDims(spec.shape) : spec.shape);
    outputNames.push(name);
    outputBlocked.push(keepBlocked);
  });
  const bytes = specs.reduce((sum, spec) => sum + 4 * size(spec.shape), 0);
  return { session: Session.load(graph, bytes), outputNames, blocked: outputBlocked };
}

/** Runs a kernel in a session of its own, made at the first call with these shapes, layouts and attributes. */
export function runNative(
  kernel: NativeKernel,
  inputs: Inputs,
  attributes: Attributes,
  backend: OnnxRuntimeBackend,
): TensorInfo[] {
  const specs = kernel.outputs(inputs, attributes);
  const recorded = backend.trace?.record(kernel, inputs, attributes, specs);
  if (recorded) return recorded;
  const blockedArrays = inputs.map((input) => (input ? backend.blockedArray(input) : null));
  let key = kernel.name;
  inputs.forEach((input, i) => {
    key += input ? `|${blockedArrays[i] ? 'blocked' : input.dtype}${input.shape.join()}` : '|';
  });
  key += keyOf(attributes);
  const blocked = blockedArrays.map((array) => array !== null);
  const entry = compiled.get(key, () => compile(kernel, inputs, blocked, attributes, specs));
  const feeds: Record<string, Feed> = {};
  inputs.forEach((input, i) => {
    if (!input) return;
    const array = blockedArrays[i];
    feeds[`x${i}`] = array
      ? floatFeed(array, blockedDims(input.shape))
      : { type: input.dtype, dims: input.shape, data: backend.plainArray(input), location: 'cpu' };
  });
  const fetches: Record<string, Feed> = {};
  const arrays = specs.map((spec, i) => {
    const data = backend.allocate(size(spec.shape), spec.dtype);
    const dims = entry.blocked[i] ? blockedDims(spec.shape) : spec.shape;
    fetches[entry.outputNames[i]!] = { type: spec.dtype, dims, data, location: 'cpu' };
    return data;
  });
  entry.session.run(feeds, fetches);
  return specs.map((spec, i) => {
    const array = arrays[i]!;
    if (entry.blocked[i]) return backend.makeBlocked(spec.shape, array as Float32Array);
    return backend.makeTensorInfo(spec.shape, spec.dtype, array);
  });
}
