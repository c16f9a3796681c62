import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { foldedWeights } from '../../../../electron/engine/models/inference/fold.ts';
import { isWeighted } from '../../../../electron/engine/models/inference/graph.ts';
import { inferenceGraph } from '../../../../electron/engine/models/inference/trace.ts';
import { modelWeights } from '../../../../electron/engine/models/weights/save.ts';
import type { TensorMap } from '../../../../electron/engine/models/weights/tensor-data.ts';
import { useCpuBackend } from '../../../support/cpu-backend.ts';
import { runGraph } from '../../../support/run-graph.ts';
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

test.each(smallNetworks.map((recipe) => [networkTitle(recipe), recipe] as const))(
  '%s: the graph with folded norms computes what the network does',
  (_, recipe) => {
    const model = trainedLooking(recipe, classes);
    const tensors = modelWeights(model) as unknown as TensorMap;
    const graph = inferenceGraph(recipe, classes, size);
    expect(new Set(graph.operators.map(({ name }) => name)).size).toBe(graph.operators.length);
    const images = noiseImages(2, size);
    const expected = ownLogits(model, images, size);
    const logits = tf.tidy(() => {
      const values = runGraph(
        graph,
        (operator) => foldedWeights(operator, tensors),
        tf.tensor4d(images, [2, size, size, 3]),
      );
      for (const { name, shape } of graph.operators)
        expect(values.get(name)!.shape.slice(1), name).toEqual(shape);
      return values.get(graph.output)!.dataSync();
    });
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
      .flatMap(({ folding: { weight, bias, normAfter, normBefore, scaleAfter } }) => [
        weight,
        ...[bias, scaleAfter].filter((name) => name !== null),
        ...[normAfter, normBefore].flatMap((norm) => {
          if (norm === null) return [];
          const statistics = norm.epsilon === null ? [] : ['running_mean', 'running_var'];
          return ['weight', 'bias', ...statistics].map((part) => `${norm.name}.${part}`);
        }),
      ]);
    const all = [...model.parameters, ...model.buffers].map(({ name }) => name);
    expect(used.toSorted()).toEqual(all.toSorted());
    model.dispose();
  }
});
