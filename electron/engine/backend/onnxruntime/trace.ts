import type { TensorInfo } from '@tensorflow/tfjs-core';
import { GraphBuilder } from '../onnx/graph.ts';
import type { NativeType, OnnxRuntimeBackend } from './backend.ts';
import type { Attributes, Inputs, NativeKernel, TensorSpec } from './kernel.ts';
import { blockSize, Emitter, plainValue, type Value } from './layout.ts';

/** Constants up to this size become part of the graph; a larger one is an input that nobody declared. */
const largestConstant = 65_536;

/** Kernels whose output does not depend on their input's values. */
const constantKernels = new Set(['OnesLike', 'ZerosLike', 'Fill']);

/** The native kernel calls of one step, collected into one ONNX graph. */
export class Trace {
  readonly graph = new GraphBuilder();
  readonly #emitter = new Emitter(this.graph, blockSize());
  readonly #backend: OnnxRuntimeBackend;
  readonly #values = new Map<object, Value>();
  /** Names of inputs and outputs. */
  readonly #taken = new Set<string>();
  /** Why the trace is of no use, if it is. */
  failure: string | null = null;

  constructor(backend: OnnxRuntimeBackend) {
    this.#backend = backend;
  }

  /** Declares a tensor whose values the graph is given anew for each run. */
  input(name: string, tensor: TensorInfo): void {
    const dtype = tensor.dtype as NativeType;
    this.#taken.add(name);
    this.#values.set(
      tensor.dataId,
      plainValue(tensor.shape, this.graph.input(name, dtype, tensor.shape), dtype),
    );
  }

  /** A native kernel ran. */
  record(
    kernel: NativeKernel,
    inputs: Inputs,
    attributes: Attributes,
    specs: TensorSpec[],
    outputs: TensorInfo[],
  ): void {
    // What depends on constants alone is a constant: its tensor holds the values already.
    if (this.failure !== null || !inputs.some((tensor) => tensor && this.has(tensor))) return;
    const values = inputs.map((tensor) => (tensor ? this.#value(tensor) : undefined));
    // Kernels look at an optional input before they use it.
    const results = kernel.emit(this.#emitter, values as Value[], attributes, specs);
    results.forEach((value, i) => {
      const { dataId, shape } = outputs[i]!;
      this.#values.set(dataId, this.#reshaped(value, shape));
    });
  }

  /** A JavaScript kernel ran: harmless if its inputs never change or if it only gave its input another name. */
  observe(kernel: string, inputs: readonly (TensorInfo | undefined)[], outputs: readonly TensorInfo[]): void {
    if (constantKernels.has(kernel) || !inputs.some((tensor) => tensor && this.has(tensor))) return;
    if (outputs.every((tensor) => this.has(tensor))) return;
    const shapes = inputs.map((tensor) => (tensor ? `${tensor.dtype} [${tensor.shape.join(', ')}]` : 'none'));
    this.failure ??= `${kernel} of ${shapes.join(', ')} has no native kernel`;
  }

  /** Whether a tensor was computed in the step or declared as its input. */
  has(tensor: TensorInfo): boolean {
    return this.#values.has(tensor.dataId);
  }

  /** Makes a tensor of the step an output of the graph; gives its name. */
  output(tensor: TensorInfo): string {
    let name = this.#emitter.plainAs(this.#values.get(tensor.dataId)!, tensor.shape);
    // A graph's outputs must be different ones, and none may be an input.
    if (this.#taken.has(name))
      name = this.graph.node('Identity', [name], {}, { outputs: [`${name}_${this.#taken.size}`] });
    this.#taken.add(name);
    this.graph.output(name, tensor.dtype as NativeType, tensor.shape);
    return name;
  }

  #value(tensor: TensorInfo): Value {
    const known = this.#values.get(tensor.dataId);
    if (known) return this.#reshaped(known, tensor.shape);
    const dtype = tensor.dtype as NativeType;
    const data = this.#backend.plainArray(tensor);
    if (data.byteLength > largestConstant)
      this.failure ??= `a tensor of shape [${tensor.shape.join(', ')}] was not declared`;
    return plainValue(tensor.shape, this.graph.constant(dtype, tensor.shape, data), dtype);
  }

  #reshaped(value: Value, shape: readonly number[]): Value {
    const same = value.shape.length === shape.length && value.shape.every((dim, i) => dim === shape[i]);
    return same ? value : plainValue(shape, this.#emitter.plainAs(value, shape), value.dtype);
  }
}
