import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { foldedWeights } from '../../../../electron/engine/models/inference/fold.ts';
import {
  type InferenceGraph,
  inputName,
  isWeighted,
} from '../../../../electron/engine/models/inference/graph.ts';
import { inferenceGraph } from '../../../../electron/engine/models/inference/trace.ts';
import { modelWeights } from '../../../../electron/engine/models/weights/save.ts';
import type { TensorMap } from '../../../../electron/engine/models/weights/tensor-data.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import {
  networkTitle,
  noiseImages,
  ownLogits,
  smallNetworks,
  trainedLooking,
} from '../../../support/small-networks.ts';

beforeAll(useCpuBackend);

const size = 32;
const classes = 5;

/** tfjs-core's own operators, one for one, with explicit padding. */
function compute(graph: InferenceGraph, tensors: TensorMap, images: Tensor4D): Tensor {
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
        const { weight, bias } = foldedWeights(operator, tensors);
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
    const result = apply();
    expect(result.shape.slice(1), operator.name).toEqual(operator.shape);
    values.set(operator.name, result);
  }
  return values.get(graph.output)!;
}

test.each(smallNetworks.map((recipe) => [networkTitle(recipe), recipe] as const))(
  '%s: the graph with folded norms computes what the network does',
  (_, recipe) => {
    const model = trainedLooking(recipe, classes);
    const tensors = modelWeights(model) as unknown as TensorMap;
    const graph = inferenceGraph(recipe, classes, size);
    expect(new Set(graph.operators.map(({ name }) => name)).size).toBe(graph.operators.length);
    const images = noiseImages(2, size);
    const expected = ownLogits(model, images, size);
    const logits = tf.tidy(() => compute(graph, tensors, tf.tensor4d(images, [2, size, size, 3])).dataSync());
    const largest = Math.max(...expected.map(Math.abs));
    expect(largest).toBeGreaterThan(0.05);
    logits.forEach((value, i) => expect(Math.abs(value - expected[i]!) / largest).toBeLessThan(1e-5));
    model.dispose();
  },
);

test('every parameter and statistic of a network is in its graph once', () => {
  for (const recipe of smallNetworks) {
    const model = trainedLooking(recipe, classes);
    const used = inferenceGraph(recipe, classes, size)
      .operators.filter(isWeighted)
      .flatMap(({ folding: { weight, bias, normAfter, normBefore } }) => [
        weight,
        ...(bias === null ? [] : [bias]),
        ...[normAfter, normBefore].flatMap((norm) =>
          norm === null
            ? []
            : ['weight', 'bias', 'running_mean', 'running_var'].map((part) => `${norm}.${part}`),
        ),
      ]);
    const all = [...model.parameters, ...model.buffers].map(({ name }) => name);
    expect(used.toSorted()).toEqual(all.toSorted());
    model.dispose();
  }
});
