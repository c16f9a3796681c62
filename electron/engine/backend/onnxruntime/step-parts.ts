import type { Tensor, TensorInfo, Variable } from '@tensorflow/tfjs-core';
import type { NativeArray, NativeType } from './native-array.ts';
import type { Feed } from './feed.ts';

/** An input or output of a step's graph. */
export interface Slot {
  name: string;
  shape: number[];
  dtype: NativeType;
}

export interface VariableSlot {
  variable: Variable;
  input: string;
  /** null: the step does not assign it. */
  output: Slot | null;
}

/** What a step's graph takes and gives. */
export interface StepParts {
  inputs: Slot[];
  variables: VariableSlot[];
  /** Computed once out of frozen tensors. */
  constants: Record<string, Feed>;
  outputs: Slot[];
}

/** A recorded step. */
export interface Replay {
  /** The step with other inputs, in the order in which they were declared: updates the variables, gives the outputs. */
  run: (inputs: readonly Tensor[]) => Tensor[];
  dispose: () => void;
}

export const slotOf = (name: string, { shape, dtype }: TensorInfo): Slot => ({
  name,
  shape,
  dtype: dtype as NativeType,
});

export const feedOf = ({ shape, dtype }: Omit<Slot, 'name'>, data: NativeArray): Feed => ({
  type: dtype,
  dims: shape,
  data,
  location: 'cpu',
});
