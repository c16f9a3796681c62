import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { hasKernel } from './fused.ts';
import { runJointUpdate } from './joint-update.ts';

export interface SgdHyper {
  learningRate: number;
  momentum: number;
  /** Coupled decay: weightDecay * weight is added to the gradient. */
  weightDecay: number;
}

/** What one update multiplies with: [rate, momentum, decay]. */
export const sgdScalars = ({ learningRate, momentum, weightDecay }: SgdHyper): Tensor1D =>
  tf.tensor1d([learningRate, momentum, weightDecay]);

/** A parameter, its gradient and the sum of the earlier ones, all of one shape, and the scalars of its update. */
export interface SgdTensors {
  weight: Variable;
  gradient: Tensor;
  momentum: Variable;
  scalars: Tensor1D;
}

/**
 * One update each as torch.optim.SGD has it without dampening, in place: g += wd*w; b = mu*b + g; w -= lr*b, or with Nesterov's
 * momentum w -= lr*(g + mu*b). b begins as 0. In one kernel where the backend has it.
 */
export function sgdUpdates(updates: readonly SgdTensors[], nesterov: boolean): void {
  if (updates.length > 0 && hasKernel('SgdUpdates')) {
    const joint = updates.map(({ weight, gradient, momentum, scalars }) => ({
      variables: [weight, momentum],
      inputs: [weight, gradient, momentum],
      scalars,
    }));
    runJointUpdate('SgdUpdates', joint, { nesterov });
    return;
  }
  for (const update of updates) sgdUpdate(update, nesterov);
}

function sgdUpdate({ weight, gradient, momentum, scalars }: SgdTensors, nesterov: boolean): void {
  tf.tidy(() => {
    const [rate, mu, decay] = tf.unstack(scalars) as [Tensor, Tensor, Tensor];
    const whole = tf.add(gradient, tf.mul(weight, decay));
    const sum = tf.add(tf.mul(momentum, mu), whole);
    const direction = nesterov ? tf.add(whole, tf.mul(sum, mu)) : sum;
    weight.assign(tf.sub(weight, tf.mul(direction, rate)));
    momentum.assign(sum);
  });
}
