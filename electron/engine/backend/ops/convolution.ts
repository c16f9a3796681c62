import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

type Padding = 'valid' | tf.backend_util.ExplicitPadding;

/** Zero padding on both sides, as PyTorch pads; tfjs's 'same' pads a stride of 2 on one side only. */
function symmetric(padding: number): Padding {
  if (padding === 0) return 'valid';
  return [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0],
  ];
}

/** x [n,h,w,c], filter HWIO [kh,kw,c,o] -> [n,h',w',o]. */
export function conv2d(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  return tf.conv2d(x, filter, stride, symmetric(padding));
}

/** x [n,h,w,c], filter [kh,kw,c,1] -> [n,h',w',c]. */
export function depthwiseConv2d(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  return tf.depthwiseConv2d(x, filter, stride, symmetric(padding));
}

/** x [n,h,w,c] -> [n,h',w',c]; padded places never win. */
export function maxPool(x: Tensor4D, size: number, stride: number, padding: number): Tensor4D {
  return tf.maxPool(x, size, stride, symmetric(padding));
}
