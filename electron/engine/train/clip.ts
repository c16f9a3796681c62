import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/**
 * Scales all gradients by min(1, limit / norm), where norm is the L2 norm of all of them together (Pascanu et al., 2013,
 * arXiv 1211.5063). Nothing is read back from the device.
 */
export function clipByGlobalNorm(gradients: NamedTensorMap, limit: number): NamedTensorMap {
  return tf.tidy(() => {
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
    const norm = tf.sqrt(tf.addN(squares));
    const scale: Tensor = tf.minimum(1, tf.div(limit, tf.maximum(norm, 1e-12)));
    return Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, scale)]),
    );
  });
}
