import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

type Padding = 'valid' | tf.backend_util.ExplicitPadding;

/** Zero padding on both sides, as PyTorch pads; tfjs's 'same' pads a stride of 2 on one side only. */
function padded(before: number, after = before): Padding {
  if (before === 0 && after === 0) return 'valid';
  return [
    [0, 0],
    [before, after],
    [before, after],
    [0, 0],
  ];
}

/** x [n,h,w,c], filter HWIO [kh,kw,c,o] -> [n,h',w',o]. */
export function conv2d(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  return tf.conv2d(x, filter, stride, padded(padding));
}

/** x [n,h,w,c], filter [kh,kw,c,1] -> [n,h',w',c]. */
export function depthwiseConv2d(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  return tf.depthwiseConv2d(x, filter, stride, padded(padding));
}

/** x [n,h,w,c] -> [n,h',w',c]; padded places, `after` of them behind and below, never win. */
export function maxPool(
  x: Tensor4D,
  size: number,
  stride: number,
  padding: number,
  after = padding,
): Tensor4D {
  return tf.maxPool(x, size, stride, padded(padding, after));
}
