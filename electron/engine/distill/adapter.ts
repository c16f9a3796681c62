import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { batchNorm } from '../backend/ops/batch-norm.ts';
import { conv2d } from '../backend/ops/convolution.ts';
import { linearDefault } from '../models/initialise.ts';
import type { Parameter } from '../models/model.ts';
import { type Random, random } from '../numbers/random.ts';

export interface AdapterOptions {
  /** Owns '<name>.weight' and '<name>.bias'. */
  name: string;
  /** Numbers of channels. */
  inputs: number;
  outputs: number;
  seed: number;
  /** Of the term among the recipe's. */
  index: number;
  /** Of several adapters of one term. */
  pair?: number;
}

/** A learnt map between the channels of two networks. */
export interface Adapter {
  readonly parameters: readonly Parameter[];
  /** [n, h, w, inputs] -> [n, h, w, outputs] */
  apply(x: Tensor4D): Tensor4D;
}

const streamOf = ({ seed, index, pair }: AdapterOptions): Random =>
  random(seed, 'adapter', index, ...(pair === undefined ? [] : [pair]));

const drawn = (shape: number[], draw: (stream: Random) => number, stream: Random): Variable =>
  tf.tidy(() => {
    const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => draw(stream));
    return tf.variable(tf.tensor(values, shape, 'float32'));
  });

/** A 1x1 convolution with bias that starts as PyTorch's nn.Conv2d does: both uniform in +-1 / sqrt(inputs). */
export function createAdapter(options: AdapterOptions): Adapter {
  const { name, inputs, outputs } = options;
  const initial = linearDefault(inputs, outputs);
  const stream = streamOf(options);
  const variable = (shape: number[], draw: typeof initial.weight) => drawn(shape, draw, stream);
  const weight = variable([1, 1, inputs, outputs], initial.weight);
  const bias = variable([outputs], initial.bias);
  return {
    parameters: [
      { name: `${name}.weight`, kind: 'conv', variable: weight, group: -1 },
      { name: `${name}.bias`, kind: 'bias', variable: bias, group: -1 },
    ],
    apply: (x) => tf.add(conv2d(x, weight as Tensor as Tensor4D, 1, 0), bias),
  };
}

/**
 * A 1x1 convolution without bias, and batch norm by the statistics of the batch at hand, also in evaluation: that of Heo et al., 2019.
 * It starts as PyTorch's modules do.
 */
export function createConnector(options: AdapterOptions): Adapter {
  const { name, inputs, outputs } = options;
  const { weight: draw } = linearDefault(inputs, outputs);
  const weight = drawn([1, 1, inputs, outputs], draw, streamOf(options));
  const [gamma, beta] = tf.tidy(() => [tf.variable(tf.ones([outputs])), tf.variable(tf.zeros([outputs]))]);
  return {
    parameters: [
      { name: `${name}.weight`, kind: 'conv', variable: weight, group: -1 },
      { name: `${name}.norm.weight`, kind: 'norm', variable: gamma, group: -1 },
      { name: `${name}.norm.bias`, kind: 'norm', variable: beta, group: -1 },
    ],
    apply: (x) =>
      batchNorm(
        conv2d(x, weight as Tensor as Tensor4D, 1, 0),
        { gamma: gamma, beta: beta, mean: tf.zeros([outputs]), variance: tf.ones([outputs]) },
        { training: true },
      ),
  };
}

/** A learnt linear map between the penultimate vectors of two networks. */
export interface Projection {
  readonly parameters: readonly Parameter[];
  /** [inputs, outputs] */
  readonly weight: Tensor2D;
  /** [outputs] */
  readonly bias: Tensor1D | null;
  /** [n, inputs] -> [n, outputs] */
  apply(x: Tensor2D): Tensor2D;
}

/** It starts as PyTorch's nn.Linear does. */
export function createProjection(options: AdapterOptions & { hasBias: boolean }): Projection {
  const { name, inputs, outputs, hasBias } = options;
  const initial = linearDefault(inputs, outputs);
  const stream = streamOf(options);
  const weight = drawn([inputs, outputs], initial.weight, stream);
  const bias = hasBias ? drawn([outputs], initial.bias, stream) : null;
  const matrix = weight as Tensor as Tensor2D;
  return {
    parameters: [
      { name: `${name}.weight`, kind: 'linear', variable: weight, group: -1 },
      ...(bias ? [{ name: `${name}.bias`, kind: 'bias' as const, variable: bias, group: -1 }] : []),
    ],
    weight: matrix,
    bias: bias as Tensor | null as Tensor1D | null,
    apply: (x) => (bias ? tf.add(tf.matMul(x, matrix), bias) : tf.matMul(x, matrix)),
  };
}
