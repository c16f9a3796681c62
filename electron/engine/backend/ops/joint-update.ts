import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { type FusedKernel, runKernel } from './fused.ts';

/** What one kernel updates of one parameter: its results are these variables' new values, in their order. */
export interface JointUpdate {
  variables: readonly Variable[];
  /** What the kernel reads, the variables among them; all of one shape. */
  inputs: readonly Tensor[];
  scalars: Tensor1D;
}

/** Updates of many parameters in one kernel; `attributes` beside the place of each one's scalars. */
export function runJointUpdate(
  kernel: FusedKernel,
  updates: readonly JointUpdate[],
  attributes: Record<string, boolean> = {},
): void {
  tf.tidy(() => {
    const scalars = [...new Set(updates.map((update) => update.scalars))];
    const tensors = updates.flatMap(({ inputs }) => inputs);
    // Keys that look like indices keep their order.
    const inputs = Object.fromEntries([...scalars, ...tensors].map((tensor, i) => [i, tensor]));
    const places = updates.map((update) => scalars.indexOf(update.scalars));
    const results = runKernel(kernel, inputs, { ...attributes, scalars: places });
    let at = 0;
    for (const { variables } of updates) for (const variable of variables) variable.assign(results[at++]!);
  });
}
