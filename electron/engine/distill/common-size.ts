import * as tf from '@tensorflow/tfjs-core';
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Rows of averaging weights [1, to, from]: output i is the mean of the inputs from floor(i * from / to) up to, not including,
 * ceil((i + 1) * from / to).
 */
function averaging(from: number, to: number): Tensor3D {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const begin = Math.floor((i * from) / to);
    const end = Math.ceil(((i + 1) * from) / to);
    weights.fill(1 / (end - begin), i * from + begin, i * from + end);
  }
  return tf.tensor3d(weights, [1, to, from]);
}

/** PyTorch's adaptive average pooling, [n, h, w, c] -> [n, height, width, c]. */
export function averageTo(x: Tensor4D, [height, width]: readonly [number, number]): Tensor4D {
  const [n, h, w, c] = x.shape;
  let y = x;
  if (h !== height) {
    const rows = tf.reshape<tf.Rank.R3>(y, [n, h, w * c]);
    y = tf.reshape(tf.matMul(averaging(h, height), rows), [n, height, w, c]);
  }
  if (w !== width) {
    const columns = tf.reshape<tf.Rank.R3>(y, [n * height, w, c]);
    y = tf.reshape(tf.matMul(averaging(w, width), columns), [n, height, width, c]);
  }
  return y;
}

/** Both maps at the smaller height and the smaller width of the two; a map that has them stays as it is. */
export function toCommonSize(a: Tensor4D, b: Tensor4D): [Tensor4D, Tensor4D] {
  const size = [Math.min(a.shape[1], b.shape[1]), Math.min(a.shape[2], b.shape[2])] as const;
  return [averageTo(a, size), averageTo(b, size)];
}
