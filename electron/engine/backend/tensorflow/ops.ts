import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/** tfjs-node's native part, as far as we use it. */
export interface Addon {
  TF_Version: string;
  TF_ATTR_BOOL: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_INT: number;
  TF_ATTR_SHAPE: number;
  TF_ATTR_STRING: number;
  TF_ATTR_TYPE: number;
  TF_FLOAT: number;
  isUsingGpuDevice(): boolean;
}

interface OpAttribute {
  name: string;
  type: number;
  value: unknown;
}

/** tfjs-node's backend, as far as we use it. */
export interface NodeBackend {
  binding: Addon;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: TensorInfo[],
    outputs: number,
  ): Tensor[];
  readSync(dataId: object): unknown;
}

/** Attributes of a TensorFlow operation by their kinds. Element types that follow from the inputs are inferred. */
export interface OpAttributes {
  bool?: Record<string, boolean>;
  float?: Record<string, number>;
  int?: Record<string, number | readonly number[]>;
  shape?: Record<string, readonly number[]>;
  string?: Record<string, string>;
  /** Attributes whose value is the type float32. */
  float32?: readonly string[];
}

/** TensorFlow's operations within one kernel; what they make on the way is disposed of when the kernel returns. */
export class Ops {
  private readonly backend: NodeBackend;
  private readonly made: Tensor[] = [];

  constructor(backend: NodeBackend) {
    this.backend = backend;
  }

  /** Runs an operation with any number of results. */
  all(name: string, inputs: TensorInfo[], outputs: number, attributes: OpAttributes = {}): Tensor[] {
    const results = this.backend.executeMultipleOutputs(name, this.encode(attributes), inputs, outputs);
    for (const result of results) this.made.push(result);
    return results;
  }

  /** Runs an operation with one result. */
  one(name: string, inputs: TensorInfo[], attributes: OpAttributes = {}): Tensor {
    return this.all(name, inputs, 1, attributes)[0]!;
  }

  /** The values of a tensor, on this side of the border. */
  read(x: TensorInfo): Float32Array {
    return this.backend.readSync(x.dataId) as Float32Array;
  }

  scalar(value: number): Tensor {
    return this.keepTrack(tf.scalar(value));
  }

  ints(values: readonly number[]): Tensor {
    return this.keepTrack(tf.tensor1d([...values], 'int32'));
  }

  mul(a: TensorInfo, b: TensorInfo | number): Tensor {
    return this.one('Mul', [a, typeof b === 'number' ? this.scalar(b) : b]);
  }

  reshape(x: TensorInfo, shape: readonly number[]): Tensor {
    return this.one('Reshape', [x, this.ints(shape)]);
  }

  /** Disposes of everything made but the kernel's results. */
  finish(results: readonly TensorInfo[]): void {
    const kept = new Set<TensorInfo>(results);
    for (const tensor of this.made) if (!kept.has(tensor)) tensor.dispose();
  }

  private keepTrack(tensor: Tensor): Tensor {
    this.made.push(tensor);
    return tensor;
  }

  private encode({ bool, float, int, shape, string, float32 = [] }: OpAttributes): OpAttribute[] {
    const { binding } = this.backend;
    const of = (type: number, values: Record<string, unknown> = {}) =>
      Object.entries(values).map(([name, value]) => ({ name, type, value }));
    return [
      ...of(binding.TF_ATTR_BOOL, bool),
      ...of(binding.TF_ATTR_FLOAT, float),
      ...of(binding.TF_ATTR_INT, int),
      ...of(binding.TF_ATTR_SHAPE, shape),
      ...of(binding.TF_ATTR_STRING, string),
      ...float32.map((name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT })),
    ];
  }
}
