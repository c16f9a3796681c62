import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { Model } from '../models/model.ts';

/** A float32 tensor outside of any backend. */
export interface TensorData {
  shape: number[];
  data: Float32Array;
}

/** By name. */
export type Tensors = Map<string, TensorData>;

interface Named {
  name: string;
  variable: Variable;
}

/** Copies of the variables' values. */
export async function readVariables(variables: readonly Named[]): Promise<Tensors> {
  const tensors: Tensors = new Map();
  for (const { name, variable } of variables) {
    // A backend may hand out its own buffer, which the next step overwrites.
    const data = (await variable.data<'float32'>()).slice();
    tensors.set(name, { shape: [...variable.shape], data });
  }
  return tensors;
}

/** @throws DistillError RUN_CORRUPT if a value is missing or of another shape; then nothing was changed. */
export function writeVariables(variables: readonly Named[], tensors: Tensors): void {
  const values = variables.map(({ name, variable }) => {
    const tensor = tensors.get(name);
    if (tensor && tf.util.arraysEqual(tensor.shape, variable.shape)) return tensor;
    const found = tensor ? `has the shape [${tensor.shape.join(', ')}]` : 'is missing';
    throw new DistillError(
      'RUN_CORRUPT',
      `"${name}" ${found} in the checkpoint.`,
      'Start the run again: the checkpoint belongs to another model.',
    );
  });
  tf.tidy(() => {
    // A fresh copy: backends keep a reference to the array they are given.
    for (const [i, { variable }] of variables.entries()) {
      const { data, shape } = values[i]!;
      variable.assign(tf.tensor(data.slice(), shape, 'float32'));
    }
  });
}

/** All that a model's outputs depend on: weights and running statistics. */
export function modelVariables(model: Model): Named[] {
  return [...model.parameters, ...model.buffers];
}
