import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { FoldedWeights } from '../../electron/engine/models/inference/fold.ts';
import {
  type InferenceGraph,
  inputName,
  isWeighted,
  type WeightedOperator,
} from '../../electron/engine/models/inference/graph.ts';
import type { TrainedNetwork } from '../../electron/engine/export/trained-network.ts';
import type { ActivationRanges } from '../../electron/engine/export/quantise/affine.ts';

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
        case 'maxPool':
          return tf.maxPool(pad(x, operator.padding, -1e9), operator.kernel, operator.stride, 'valid');
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
