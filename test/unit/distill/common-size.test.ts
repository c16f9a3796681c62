import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { averageTo, toCommonSize } from '../../../electron/engine/distill/common-size.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { useNativeBackend } from '../../support/native-backend.ts';

/** [1, height, width, 1] of 0, 1, 2 ... */
const counting = (height: number, width: number) =>
  tf.reshape<tf.Rank.R4>(tf.range(0, height * width), [1, height, width, 1]);

describe.each([
  ['cpu', useCpuBackend],
  ['onnxruntime', useNativeBackend],
] as const)('on %s', (_, useBackend) => {
  beforeAll(useBackend);

  // torch.nn.functional.adaptive_avg_pool2d(torch.arange(h * w).reshape(1, 1, h, w).float(), (oh, ow))
  test.each([
    [4, 4, 2, 2, [2.5, 4.5, 10.5, 12.5]],
    [5, 3, 2, 2, [3.5, 4.5, 9.5, 10.5]],
    [3, 5, 3, 2, [1, 3, 6, 8, 11, 13]],
  ])('%i x %i to %i x %i as PyTorch', (h, w, height, width, expected) => {
    expect([...averageTo(counting(h, w), [height, width]).dataSync()]).toEqual(expected);
  });

  test('each image and channel by itself, and the gradient spreads evenly', () => {
    const x = tf.tidy(() => tf.concat([counting(4, 4), tf.ones<tf.Rank.R4>([1, 4, 4, 1])], 0));
    const pairs = tf.concat([x, tf.mul(x, 10)], 3);
    const [, second] = tf.unstack(averageTo(pairs as tf.Tensor4D, [2, 2]));
    expect([...second!.dataSync()]).toEqual([1, 10, 1, 10, 1, 10, 1, 10]);
    const gradient = tf.grad((y: tf.Tensor) => averageTo(y as tf.Tensor4D, [2, 2]))(pairs);
    expect(new Set(gradient.dataSync())).toEqual(new Set([0.25]));
  });

  test('the smaller height and the smaller width count', () => {
    const [a, b] = toCommonSize(counting(4, 2), counting(2, 4));
    expect([a.shape, b.shape]).toEqual([
      [1, 2, 2, 1],
      [1, 2, 2, 1],
    ]);
    const same = counting(3, 3);
    expect(toCommonSize(same, counting(6, 3))[0]).toBe(same);
  });
});
