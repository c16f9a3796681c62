import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { readWeights } from '../../electron/engine/models/weights/load.ts';

/** Reference values from PyTorch and scikit-learn; tests that need them skip where there is no such folder. */
export const parityFolder = path.resolve(process.env['PARITY_DIR'] ?? path.join('..', 'shared', 'parity'));
export const hasParity = existsSync(path.join(parityFolder, 'values.json'));

export interface ParityValues {
  steps: Record<
    string,
    { losses: number[]; lr: number; wd: number; beta1: number; beta2: number; eps: number }
  >;
  losses: Record<string, number>;
  metrics: {
    y_true: number[];
    accuracy: number;
    f1_weighted: number;
    f1_macro: number;
    top5: number;
    probabilities: number[][];
  };
}

export async function parityValues(): Promise<ParityValues> {
  return JSON.parse(await readFile(path.join(parityFolder, 'values.json'), 'utf8')) as ParityValues;
}

export type ParityTensor = (name: string) => { shape: number[]; data: Float32Array };

export async function parityTensors(): Promise<ParityTensor> {
  const tensors = await readWeights(path.join(parityFolder, 'tensors.safetensors'));
  return (name) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`There is no reference tensor "${name}".`);
    return tensor;
  };
}

/** NCHW as stored -> NHWC as our networks take it. */
export function nhwc({ shape, data }: { shape: number[]; data: Float32Array }): Tensor4D {
  return tf.tidy(() =>
    tf.transpose(tf.tensor<tf.Rank.R4>(data, shape as [number, number, number, number]), [0, 2, 3, 1]),
  );
}

/** The greatest difference, relative to the greatest expected magnitude. */
export function expectClose(
  actual: Tensor | ArrayLike<number>,
  expected: Float32Array,
  tolerance: number,
): void {
  const values = actual instanceof tf.Tensor ? actual.dataSync() : actual;
  expect(values.length).toBe(expected.length);
  let difference = 0;
  let magnitude = 0;
  for (const [i, value] of expected.entries()) {
    // Math.max keeps a NaN, so that it cannot pass.
    difference = Math.max(difference, Math.abs(values[i]! - value));
    magnitude = Math.max(magnitude, Math.abs(value));
  }
  expect(difference / magnitude).toBeLessThan(tolerance);
}
