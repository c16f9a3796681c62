import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { conv2d } from '../backend/ops/convolution.ts';
import { linearDefault } from '../models/initialise.ts';
import type { Parameter } from '../models/model.ts';
import { random } from '../numbers/random.ts';

export interface AdapterOptions {
  /** Owns '<name>.weight' and '<name>.bias'. */
  name: string;
  /** Numbers of channels. */
  inputs: number;
  outputs: number;
  seed: number;
  /** Of the term among the recipe's. */
  index: number;
}

/** A learnt map between the channels of two networks. */
export interface Adapter {
  readonly parameters: readonly Parameter[];
  /** [n, h, w, inputs] -> [n, h, w, outputs] */
  apply(x: Tensor4D): Tensor4D;
}

/** A 1x1 convolution with bias that starts as PyTorch's nn.Conv2d does: both uniform in +-1 / sqrt(inputs). */
export function createAdapter({ name, inputs, outputs, seed, index }: AdapterOptions): Adapter {
  const initial = linearDefault(inputs, outputs);
  const stream = random(seed, 'adapter', index);
  const variable = (shape: number[], draw: typeof initial.weight) =>
    tf.tidy(() => {
      const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => draw(stream));
      return tf.variable(tf.tensor(values, shape, 'float32'));
    });
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
