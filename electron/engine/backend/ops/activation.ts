import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './fused.ts';

/**
 * Functions of each element, as PyTorch has them:
 * - hard-swish: x * min(max(x + 3, 0), 6) / 6; hard-sigmoid: min(max(x + 3, 0), 6) / 6 (Howard et al., 2019)
 * - sigmoid: 1 / (1 + e^-x); silu: x * sigmoid(x)
 * - gelu: x * (1 + erf(x / sqrt(2))) / 2, the exact form (Hendrycks & Gimpel, 2016)
 */
export type Nonlinearity = 'hard-swish' | 'hard-sigmoid' | 'sigmoid' | 'silu' | 'gelu';

/** x of any shape -> the same shape. */
export function nonlinear<T extends Tensor>(x: T, kind: Nonlinearity): T {
  if (!hasKernel('Nonlinear')) return composites[kind](x) as T;
  const op = tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([input as Tensor]);
    return {
      value: runKernel('Nonlinear', { x: input as Tensor }, { kind })[0]!,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        runKernel('NonlinearGrad', { dy, x: saved[0]! }, { kind })[0]!,
    };
  });
  return op(x) as T;
}

const hardSigmoid = (x: Tensor): Tensor => tf.div(tf.relu6(tf.add(x, 3)), 6);

const composites: Record<Nonlinearity, (x: Tensor) => Tensor> = {
  'hard-swish': (x) => tf.mul(x, hardSigmoid(x)),
  'hard-sigmoid': hardSigmoid,
  sigmoid: (x) => tf.sigmoid(x),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
};
