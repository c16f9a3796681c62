import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import { batchNorm } from '../backend/ops/batch-norm.ts';
import { conv2d, depthwiseConv2d, maxPool } from '../backend/ops/convolution.ts';
import { globalAveragePool, globalMaxPool } from '../backend/ops/pooling.ts';
import type { Layers } from './layers.ts';
import type { ForwardContext } from './model.ts';

/** Is called with tensors on their way to the logits. */
export interface Observer {
  stage(name: string, output: Tensor4D): void;
  linear(input: Tensor2D): void;
}

/** The layers over tensors with a batch axis in front. `variable` finds parameters and buffers by name. */
export function tensorLayers(
  variable: (name: string) => Variable,
  context: ForwardContext,
  observer: Observer,
): Layers<Tensor> {
  const { training } = context;
  return {
    conv: (name, x, { stride, padding }) =>
      conv2d(x as Tensor4D, variable(`${name}.weight`) as Tensor as Tensor4D, stride, padding),
    depthwise: (name, x, { stride, padding }) =>
      depthwiseConv2d(x as Tensor4D, variable(`${name}.weight`) as Tensor as Tensor4D, stride, padding),
    norm(name, x, options = {}) {
      const state = {
        gamma: variable(`${name}.weight`),
        beta: variable(`${name}.bias`),
        mean: variable(`${name}.running_mean`),
        variance: variable(`${name}.running_var`),
      };
      return batchNorm(x, state, {
        training,
        activation: options.activation ?? 'none',
        skip: options.skip?.(),
      });
    },
    linear(name, x, { bias }) {
      observer.linear(x as Tensor2D);
      const y = tf.matMul(x, variable(`${name}.weight`));
      return bias ? tf.add(y, variable(`${name}.bias`)) : y;
    },
    maxPool: (_, x, { kernel, stride, padding }) => maxPool(x as Tensor4D, kernel, stride, padding),
    globalAveragePool: (_, x) => globalAveragePool(x as Tensor4D),
    globalMaxPool: (_, x) => globalMaxPool(x as Tensor4D),
    concat: (a, b) => tf.concat([a, b], -1),
    relu: (x) => tf.relu(x),
    dropout(x, rate) {
      if (!training) return x;
      if (!context.dropoutMask) {
        throw new DistillError(
          'INTERNAL',
          'This head has dropout, and training was started without dropout masks.',
        );
      }
      return tf.mul(x, context.dropoutMask(x.shape, rate));
    },
    stage(name, x) {
      observer.stage(name, x as Tensor4D);
      return x;
    },
  };
}
