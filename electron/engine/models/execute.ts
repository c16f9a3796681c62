import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import { nonlinear } from '../backend/ops/activation.ts';
import { batchNorm } from '../backend/ops/batch-norm.ts';
import { addBias, gateChannels, scaleChannels, shuffleChannels } from '../backend/ops/channels.ts';
import { conv2d, depthwiseConv2d, maxPool } from '../backend/ops/convolution.ts';
import { layerNorm } from '../backend/ops/layer-norm.ts';
import { globalAveragePool, globalMaxPool } from '../backend/ops/pooling.ts';
import { outputShapeOf } from './describe.ts';
import type { FilterOptions, Layers } from './layers.ts';
import type { ForwardContext } from './model.ts';

/** Is called with tensors on their way to the logits. */
export interface Observer {
  stage(name: string, output: Tensor4D): void;
  /** With the input [n, units] of each linear layer, and with what is marked as penultimate. */
  vector(input: Tensor2D): void;
}

/** The layers over tensors with a batch axis in front. `variable` finds parameters and buffers by name. */
export function tensorLayers(
  variable: (name: string) => Variable,
  context: ForwardContext,
  observer: Observer,
): Layers<Tensor> {
  const { training } = context;
  const filter = (name: string) => variable(`${name}.weight`) as Tensor as Tensor4D;
  const biased = (name: string, x: Tensor4D, { bias }: FilterOptions): Tensor4D =>
    bias ? addBias(x, variable(`${name}.bias`), bias.activation) : x;
  const mask = (shape: number[], rate: number): Tensor => {
    if (context.dropoutMask) return context.dropoutMask(shape, rate);
    throw new DistillError(
      'INTERNAL',
      'This network has dropout, and training was started without dropout masks.',
    );
  };
  return {
    conv: (name, x, options) =>
      biased(name, conv2d(x as Tensor4D, filter(name), options.stride, options.padding), options),
    depthwise: (name, x, options) =>
      biased(name, depthwiseConv2d(x as Tensor4D, filter(name), options.stride, options.padding), options),
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
        epsilon: options.epsilon,
        momentum: options.momentum,
      });
    },
    layerNorm: (name, x, epsilon) =>
      layerNorm(x, variable(`${name}.weight`), variable(`${name}.bias`), epsilon),
    linear(name, x, { units, bias }) {
      const weight = variable(`${name}.weight`);
      const inputs = x.shape.at(-1)!;
      if (x.rank === 4) {
        const y = conv2d(x as Tensor4D, tf.reshape(weight, [1, 1, inputs, units]), 1, 0);
        return bias ? addBias(y, variable(`${name}.bias`)) : y;
      }
      observer.vector(x as Tensor2D);
      const y = tf.matMul(x, weight.rank === 2 ? weight : tf.reshape(weight, [inputs, units]));
      return bias ? tf.add(y, variable(`${name}.bias`)) : y;
    },
    maxPool(_, x, options) {
      const { kernel, stride, padding } = options;
      const [, height] = x.shape as [number, number];
      const [places] = outputShapeOf(x.shape.slice(1), options, 1);
      const after = Math.max(padding, (places! - 1) * stride + kernel - height - padding);
      return maxPool(x as Tensor4D, kernel, stride, padding, options.ceil ? after : padding);
    },
    globalAveragePool: (_, x) => globalAveragePool(x as Tensor4D),
    globalMaxPool: (_, x) => globalMaxPool(x as Tensor4D),
    concat: (a, b) => tf.concat([a, b], -1),
    halves: (x) => tf.split(x, 2, -1) as [Tensor, Tensor],
    shuffle: (x, groups) => shuffleChannels(x as Tensor4D, groups),
    relu: (x) => tf.relu(x),
    nonlinear,
    gate: (x, gates) => gateChannels(x as Tensor4D, gates as Tensor2D),
    scale: (name, x) => scaleChannels(x as Tensor4D, variable(name)),
    add: (a, b) => tf.add(a, b),
    dropout: (x, rate) => (training && rate > 0 ? tf.mul(x, mask(x.shape, rate)) : x),
    stochasticDepth(x, rate) {
      if (!training || rate === 0) return x;
      const [n, c] = [x.shape[0], x.shape.at(-1)!];
      return gateChannels(x as Tensor4D, tf.tile<Tensor2D>(mask([n, 1], rate) as Tensor2D, [1, c]));
    },
    stage(name, x) {
      observer.stage(name, x as Tensor4D);
      return x;
    },
    penultimate(x) {
      if (context.penultimate) observer.vector(globalAveragePool(x as Tensor4D));
      return x;
    },
  };
}
