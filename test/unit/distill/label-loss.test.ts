import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { labelLoss, type LabelOptions } from '../../../electron/engine/distill/label-loss.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { useNativeBackend } from '../../support/native-backend.ts';

const logits = [1.5, -0.5, 0.25, 2, 0.1, 0.2, -1.3, 0.7, -2, 1, 0.5, 0];
const labels = [0, 3, 1];
const others = [3, 1, 0];
const classWeights = [0.5, 2, 0, 1.5];

/**
 * torch.nn.functional.cross_entropy(logits, labels, weight=, label_smoothing=) in float64 (PyTorch 2.13), value and gradient; mixed:
 * 0.7 * that of the labels + 0.3 * that of the others.
 */
const references: [string, LabelOptions, boolean, number, number[]][] = [
  [
    'class weights',
    { smoothing: 0, classWeights },
    false,
    0.803637003,
    [
      -0.084290831, 0.005509387, 0.011663372, 0.067118072, 0.089844317, 0.099293327, 0.022155336, -0.21129298,
      0.012297979, -0.25298849, 0.149820054, 0.090870456,
    ],
  ],
  [
    'class weights, smoothing 0.1',
    { smoothing: 0.1, classWeights },
    false,
    0.836857833,
    [
      -0.070844914, -0.006439674, 0.012829709, 0.06445488, 0.083724507, 0.083483549, 0.021416825,
      -0.188624881, 0.00855808, -0.227839065, 0.142329052, 0.076951934,
    ],
  ],
  [
    'mixed images',
    { smoothing: 0 },
    true,
    1.185293739,
    [
      -0.12477555, 0.014691698, 0.031102326, 0.078981526, 0.079861615, -0.011739265, 0.019693632,
      -0.087815982, -0.091801347, -0.068658993, 0.099880036, 0.060580304,
    ],
  ],
  [
    'mixed images, class weights, smoothing 0.1',
    { smoothing: 0.1, classWeights },
    true,
    0.987283236,
    [
      -0.015111963, -0.003464606, 0.01912793, -0.000551361, 0.091810495, -0.042580051, 0.023410805,
      -0.072641249, -0.027682261, -0.142858896, 0.111990491, 0.058550666,
    ],
  ],
];

describe.each([
  ['cpu', useCpuBackend],
  ['onnxruntime', useNativeBackend],
] as const)('%s', (_, useBackend) => {
  it.each(references)('%s: as PyTorch', async (_name, options, isMixed, value, gradient) => {
    await useBackend();
    const { loss, slope } = tf.tidy(() => {
      const mixed = isMixed ? { others: tf.tensor1d(others, 'int32'), share: tf.scalar(0.7) } : null;
      const run = (x: Tensor2D) => labelLoss(tf.tensor1d(labels, 'int32'), x, options, mixed);
      const x = tf.tensor2d(logits, [3, 4]);
      return {
        loss: run(x).dataSync()[0]!,
        slope: [
          ...tf
            .grad((y) => run(y as Tensor2D))(x)
            .dataSync(),
        ],
      };
    });
    expect(loss).toBeCloseTo(value, 6);
    slope.forEach((one, i) => expect(one).toBeCloseTo(gradient[i]!, 6));
  });

  it('is 0 where all labels of a batch have the weight 0', async () => {
    await useBackend();
    const loss = tf.tidy(() =>
      labelLoss(tf.tensor1d([2, 2, 2], 'int32'), tf.tensor2d(logits, [3, 4]), {
        smoothing: 0,
        classWeights,
      }).dataSync(),
    );
    expect(Math.abs(loss[0]!)).toBe(0);
  });
});
