import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Emitter } from './emitter.ts';
import type { Value } from './layout.ts';
import type { NativeType } from './native-array.ts';

export interface TensorSpec {
  shape: number[];
  dtype: NativeType;
}

export type Attributes = NamedAttrMap;
export type Inputs = readonly (TensorInfo | undefined)[];

/** A kernel as a piece of an ONNX graph. The same `emit` serves a session of its own and a traced step. */
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

/** What listens to kernels' calls while a step is recorded. */
export interface Recorder {
  /**
   * Takes a kernel's call into a graph; gives its outputs, which have no values. null where no input changes from step to step: what
   * depends on constants alone is a constant, to be computed at once.
   */
  record: (
    kernel: NativeKernel,
    inputs: Inputs,
    attributes: Attributes,
    specs: readonly TensorSpec[],
  ) => TensorInfo[] | null;
}

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
