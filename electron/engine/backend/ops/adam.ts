import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './fused.ts';
import { runJointUpdate } from './joint-update.ts';

export interface AdamHyper {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled decay: the weight is first multiplied by 1 - learningRate * weightDecay. */
  weightDecay: number;
  /** 1-based count of this variable's updates, for the bias correction. */
  step: number;
}

/** What one update multiplies with: [decay, b1, 1-b1, b2, 1-b2, rate, correction, epsilon]. */
export function adamScalars(hyper: AdamHyper): Tensor1D {
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = hyper;
  const decay = 1 - learningRate * weightDecay;
  const rate = learningRate / (1 - beta1 ** step);
  const correction = 1 / (1 - beta2 ** step);
  return tf.tensor1d([decay, beta1, 1 - beta1, beta2, 1 - beta2, rate, correction, epsilon]);
}

/** A parameter, its gradient and its moments, all of one shape, and the scalars of its update. */
export interface AdamTensors {
  weight: Variable;
  gradient: Tensor;
  m: Variable;
  v: Variable;
  scalars: Tensor1D;
}

/** `adamUpdate` of many parameters, in the model's order: in one kernel where the backend has it. */
export function adamUpdates(updates: readonly AdamTensors[]): void {
  if (updates.length > 0 && hasKernel('AdamUpdates')) {
    const joint = updates.map(({ weight, gradient, m, v, scalars }) => ({
      variables: [weight, m, v],
      inputs: [weight, gradient, m, v],
      scalars,
    }));
    runJointUpdate('AdamUpdates', joint);
    return;
  }
  for (const { weight, gradient, m, v, scalars } of updates) adamUpdate(weight, gradient, m, v, scalars);
}

/**
 * One Adam update in fastai's order (decay, moments, bias-corrected step), in place, with the scalars of `adamScalars`:
 * w *= 1 - lr*wd; m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; w -= lr * (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + eps).
 */
export function adamUpdate(
  weight: Variable,
  gradient: Tensor,
  m: Variable,
  v: Variable,
  scalars: Tensor1D,
): void {
  tf.tidy(() => {
    if (hasKernel('AdamUpdate')) {
      const [w1, m1, v1] = runKernel('AdamUpdate', { weight, gradient, m, v, scalars }) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      weight.assign(w1);
      m.assign(m1);
      v.assign(v1);
      return;
    }
    const [decay, beta1, rest1, beta2, rest2, rate, correction, epsilon] = tf.unstack(scalars) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const m1 = tf.add(tf.mul(m, beta1), tf.mul(gradient, rest1));
    const v1 = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), rest2));
    const direction = tf.div(m1, tf.add(tf.sqrt(tf.mul(v1, correction)), epsilon));
    weight.assign(tf.sub(tf.mul(weight, decay), tf.mul(direction, rate)));
    m.assign(m1);
    v.assign(v1);
  });
}
