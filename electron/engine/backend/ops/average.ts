import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { hasKernel } from './fused.ts';
import { runJointUpdate } from './joint-update.ts';

/** A value and its moving average, of one shape. */
export interface AverageTensors {
  average: Variable;
  value: Tensor;
}

/**
 * average += rest * (value - average), in place; rest [1], 1 less the decay. What does not change stays exactly what it is. In one
 * kernel where the backend has it.
 */
export function averageUpdates(updates: readonly AverageTensors[], rest: Tensor1D): void {
  if (updates.length > 0 && hasKernel('AverageUpdates')) {
    const joint = updates.map(({ average, value }) => ({
      variables: [average],
      inputs: [average, value],
      scalars: rest,
    }));
    runJointUpdate('AverageUpdates', joint);
    return;
  }
  tf.tidy(() => {
    for (const { average, value } of updates)
      average.assign(tf.add(average, tf.mul(tf.sub(value, average), rest.asScalar())));
  });
}
