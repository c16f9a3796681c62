import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { FoldedWeights } from '../../electron/engine/models/inference/fold.ts';
import {
  type InferenceGraph,
  inputName,
  isWeighted,
  type NonlinearOperator,
  type WeightedOperator,
} from '../../electron/engine/models/inference/graph.ts';
import type { TrainedNetwork } from '../../electron/engine/export/trained-network.ts';
import type { ActivationRanges } from '../../electron/engine/export/quantise/affine.ts';

const hardSigmoid = (x: Tensor): Tensor => tf.div(tf.clipByValue(tf.add(x, 3), 0, 6), 6);

const functions: Record<NonlinearOperator['nonlinearity'], (x: Tensor) => Tensor> = {
  'hard-swish': (x) => tf.mul(x, hardSigmoid(x)),
  'hard-sigmoid': hardSigmoid,
  sigmoid: (x) => tf.sigmoid(x),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))),
};

/** Every value of a graph, by tfjs-core's own operators, one for one, with explicit padding. `images`: normalised, [n, size, size, 3]. */
export function runGraph(
  graph: InferenceGraph,
  weights: (operator: WeightedOperator) => FoldedWeights,
  images: Tensor4D,
): Map<string, Tensor> {
  const values = new Map<string, Tensor>([[inputName, images]]);
  const activate = (x: Tensor, activation: 'none' | 'relu' | 'relu6') =>
    activation === 'none' ? x : activation === 'relu' ? tf.relu(x) : tf.relu6(x);
  const pad = (x: Tensor, by: number, value = 0) =>
    tf.pad(
      x as Tensor4D,
      [
        [0, 0],
        [by, by],
        [by, by],
        [0, 0],
      ],
      value,
    );
  for (const operator of graph.operators) {
    const [x, y] = operator.inputs.map((name) => values.get(name)!) as [Tensor, Tensor];
    const apply = (): Tensor => {
      if (isWeighted(operator)) {
        const { weight, bias } = weights(operator);
        const w = tf.tensor(weight, operator.folding.shape);
        const raw =
          operator.kind === 'linear'
            ? tf.matMul(x, w)
            : operator.kind === 'conv'
              ? tf.conv2d(pad(x, operator.padding), w as Tensor4D, operator.stride, 'valid')
              : tf.depthwiseConv2d(pad(x, operator.padding), w as Tensor4D, operator.stride, 'valid');
        return activate(tf.add(raw, tf.tensor1d(bias)), operator.activation);
      }
      switch (operator.kind) {
        case 'add':
          return activate(tf.add(x, y), operator.activation);
        case 'multiply':
          return tf.mul(x, x.rank === y.rank ? y : tf.reshape(y, [y.shape[0], 1, 1, y.shape[1]!]));
        case 'nonlinear':
          return functions[operator.nonlinearity](x);
        case 'normalise': {
          const { mean, variance } = tf.moments(x, -1, true);
          return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, operator.epsilon)));
        }
        case 'slice': {
          const { begin, shape } = operator;
          return tf.slice(x as Tensor4D, [0, 0, 0, begin], [-1, ...shape] as [
            number,
            number,
            number,
            number,
          ]);
        }
        case 'shuffle': {
          const channels = operator.shape.at(-1)!;
          const { groups } = operator;
          // Channel i of the result is the (i div groups)-th of group i mod groups.
          const order = Array.from(
            { length: channels },
            (_, i) => (i % groups) * (channels / groups) + Math.floor(i / groups),
          );
          return tf.gather(x, order, 3);
        }
        case 'maxPool': {
          const { kernel, stride, padding, shape } = operator;
          const reach = (shape[0]! - 1) * stride + kernel - x.shape[1]! - padding;
          const after = Math.max(padding, reach);
          const around = [padding, after] as [number, number];
          const padded = tf.pad(x as Tensor4D, [[0, 0], around, around, [0, 0]], -1e9);
          return tf.maxPool(padded, kernel, stride, 'valid');
        }
        case 'globalAveragePool':
          return tf.mean(x, [1, 2]);
        case 'globalMaxPool':
          return tf.max(x, [1, 2]);
        case 'concat':
          return tf.concat([x, y], -1);
      }
    };
    values.set(operator.name, apply());
  }
  return values;
}

/** The least and the greatest of every value of a network, over these normalised images. */
export function rangesOf({ graph, weights }: TrainedNetwork, images: Float32Array): ActivationRanges {
  const { size } = graph;
  const n = images.length / (size * size * 3);
  const ranges = new Map<string, { min: number; max: number }>();
  tf.tidy(() => {
    for (const [name, value] of runGraph(graph, weights, tf.tensor4d(images, [n, size, size, 3])))
      ranges.set(name, { min: value.min().dataSync()[0]!, max: value.max().dataSync()[0]! });
  });
  return ranges;
}
