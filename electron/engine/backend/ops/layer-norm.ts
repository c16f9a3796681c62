import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './fused.ts';

/**
 * gamma * (x - mean) / sqrt(variance + epsilon) + beta, mean and (biased) variance over the last axis (Ba et al., 2016).
 * x [..., c], gamma and beta [c] -> [..., c].
 */
export function layerNorm<T extends Tensor>(x: T, gamma: Variable, beta: Variable, epsilon: number): T {
  if (!hasKernel('LayerNorm')) {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gamma), beta);
  }
  const op = tf.customGrad((...args) => {
    const [input, scale, shift, save] = args as unknown as [Tensor, Tensor1D, Tensor1D, tf.GradSaveFunc];
    const [y, mean, invStd] = runKernel(
      'LayerNorm',
      { x: input, gamma: scale, beta: shift },
      { epsilon },
    ) as [Tensor, Tensor, Tensor];
    save([input, scale, mean, invStd]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x0, gamma0, mean0, invStd0] = saved as [Tensor, Tensor, Tensor, Tensor];
        return runKernel('LayerNormGrad', { dy, x: x0, gamma: gamma0, mean: mean0, invStd: invStd0 });
      },
    };
  });
  return op(x, gamma, beta) as T;
}
