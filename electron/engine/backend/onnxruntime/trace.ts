import type { TensorInfo } from '@tensorflow/tfjs-core';
import { GraphBuilder } from '../onnx/graph.ts';
import type { OnnxRuntimeBackend } from './backend.ts';
import type { Attributes, Inputs, NativeKernel, Recorder, TensorSpec } from './kernel.ts';
import { blockSize } from './block-size.ts';
import { Emitter } from './emitter.ts';
import { plainValue, sameShape, type Value } from './layout.ts';
import type { NativeType } from './native-array.ts';
import { Untraceable } from './untraceable.ts';

/** Constants up to this size become part of the graph; a larger one is an input that nobody declared. */
const largestConstant = 65_536;

/** The native kernel calls of one step, collected into one ONNX graph. Nothing that changes from step to step is computed. */
export class Trace implements Recorder {
  readonly graph = new GraphBuilder();
  readonly #emitter: Emitter;
  readonly #backend: OnnxRuntimeBackend;
  readonly #values = new Map<object, Value>();
  /** Names of inputs and outputs. */
  readonly #taken = new Set<string>();

  constructor(backend: OnnxRuntimeBackend) {
    this.#backend = backend;
    this.#emitter = new Emitter(this.graph, blockSize(), backend.target);
  }

  /** Declares a tensor that gets new values for each run of the graph. */
  input(name: string, tensor: TensorInfo): void {
    const dtype = tensor.dtype as NativeType;
    this.#taken.add(name);
    this.#values.set(
      tensor.dataId,
      plainValue(tensor.shape, this.graph.input(name, dtype, tensor.shape), dtype),
    );
  }

  /** Declares a tensor whose values are the same in each run. */
  frozen(name: string, tensor: TensorInfo): void {
    this.input(name, tensor);
    this.#emitter.frozen.add(name);
  }

  record(
    kernel: NativeKernel,
    inputs: Inputs,
    attributes: Attributes,
    specs: readonly TensorSpec[],
  ): TensorInfo[] | null {
    if (!inputs.some((tensor) => tensor && this.has(tensor))) return null;
    const values = inputs.map((tensor) => (tensor ? this.#value(tensor) : undefined));
    // Kernels look at an optional input before they use it.
    const results = kernel.emit(this.#emitter, values as Value[], attributes, specs);
    return results.map((value, i) => {
      const { shape, dtype } = specs[i]!;
      const output = this.#backend.makeValueless(shape, dtype);
      this.#values.set(output.dataId, this.#reshaped(value, shape));
      return output;
    });
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
      throw new Untraceable(`a tensor of shape [${tensor.shape.join(', ')}] was not declared`);
    return plainValue(tensor.shape, this.graph.constant(dtype, tensor.shape, data), dtype);
  }

  #reshaped(value: Value, shape: readonly number[]): Value {
    return sameShape(value.shape, shape)
      ? value
      : plainValue(shape, this.#emitter.plainAs(value, shape), value.dtype);
  }
}
