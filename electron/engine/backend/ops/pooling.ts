import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './fused.ts';

/** Mean over height and width. x [n,h,w,c] -> [n,c]. */
export function globalAveragePool(x: Tensor4D): Tensor2D {
  if (!hasKernel('GlobalAveragePool')) return tf.mean(x, [1, 2]);
  const op = tf.customGrad((input) => {
    const [value] = runKernel('GlobalAveragePool', { x: input as Tensor }) as [Tensor];
    return {
      value,
      gradFunc: (dy: Tensor) => runKernel('GlobalAveragePoolGrad', { dy }, { shape: x.shape })[0]!,
    };
  });
  return op(x) as Tensor2D;
}

/** Maximum over height and width, whose gradient goes to the first of equal places. x [n,h,w,c] -> [n,c]. */
export function globalMaxPool(x: Tensor4D): Tensor2D {
  const [n, h, w, c] = x.shape;
  return tf.reshape(tf.maxPool(x, [h, w], 1, 'valid'), [n, c]);
}
