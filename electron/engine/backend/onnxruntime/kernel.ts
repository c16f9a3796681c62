import * as tf from '@tensorflow/tfjs-core';
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { GraphBuilder } from '../onnx/graph.ts';
import { keyOf } from '../onnx/key.ts';
import { type NativeType, OnnxRuntimeBackend } from './backend.ts';
import { blockedDims, blockedValue, blockSize, Emitter, plainValue, type Value } from './layout.ts';
import { type Feed, floatFeed, Session } from './session.ts';
import { SessionCache } from './session-cache.ts';

export const backendName = 'onnxruntime';

export interface TensorSpec {
  shape: number[];
  dtype: NativeType;
}

export type Attributes = NamedAttrMap;
export type Inputs = readonly (TensorInfo | undefined)[];

/** A kernel as a piece of an ONNX graph. The same `emit` serves a session of its own and, later, a traced step. */
export interface NativeKernel {
  name: string;
  /** Names of the inputs in order; those that a call leaves out are undefined. */
  inputs: readonly string[];
  /** Whether the native kernel serves this call; otherwise tfjs's JavaScript kernel of the same name does. */
  accepts?: (inputs: Inputs, attributes: Attributes) => boolean;
  outputs: (inputs: Inputs, attributes: Attributes) => TensorSpec[];
  emit: (
    emitter: Emitter,
    inputs: readonly Value[],
    attributes: Attributes,
    outputs: readonly TensorSpec[],
  ) => Value[];
}

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Below this many elements a JavaScript kernel is faster than a call into the library (7-9 microseconds). */
let smallest = 2048;

/** For tests: forces (0) or avoids native element-wise kernels on small tensors. */
export function setSmallestNative(elements: number): void {
  smallest = elements;
}

/**
 * float32 throughout, nothing empty, and large enough to be worth a native call. While a step is traced all sizes are: a
 * kernel in JavaScript ends the trace.
 */
export function isLargeFloat(inputs: Inputs): boolean {
  let largest = 0;
  for (const input of inputs) {
    if (!input) continue;
    if (input.dtype !== 'float32') return false;
    const elements = size(input.shape);
    if (elements === 0) return false;
    largest = Math.max(largest, elements);
  }
  return largest > (tracing() ? 0 : smallest);
}

const tracing = () => {
  const backend = tf.backend();
  return backend instanceof OnnxRuntimeBackend && backend.trace !== null;
};

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

/** Registers a native kernel; calls that it does not accept go to the JavaScript kernel of the same name. */
export function registerNative(kernel: NativeKernel): void {
  const fallback = tf.getKernel(kernel.name, 'cpu') as tf.KernelConfig | undefined;
  if (tf.getKernel(kernel.name, backendName) as tf.KernelConfig | undefined)
    tf.unregisterKernel(kernel.name, backendName);
  tf.registerKernel({
    kernelName: kernel.name,
    backendName,
    kernelFunc: (call) => {
      const backend = OnnxRuntimeBackend.from(call.backend);
      const attributes = call.attrs ?? {};
      const inputs = kernel.inputs.map((name) => call.inputs[name]);
      if (kernel.accepts && !kernel.accepts(inputs, attributes)) {
        if (!fallback)
          throw new Error(`${kernel.name}: neither the native nor the JavaScript kernel takes this call.`);
        return fallback.kernelFunc(call);
      }
      const outputs = runNative(kernel, inputs, attributes, backend);
      return outputs.length === 1 ? outputs[0]! : outputs;
    },
  });
}
