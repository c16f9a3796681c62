import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { registerOnnxRuntime } from '../../electron/engine/backend/onnxruntime/register.ts';

/** Largest difference, relative to the largest reference value. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let difference = 0;
  let scale = 1e-6;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(actual[i]! - expected[i]!);
    if (Number.isNaN(d)) return NaN;
    difference = Math.max(difference, d);
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return difference / scale;
}

/** Runs `compute` on the JavaScript backend and on the native one; gives the relative error of each result. */
export async function compareBackends(compute: () => Tensor[]): Promise<number[]> {
  registerOnnxRuntime();
  const run = async (backend: string) => {
    await tf.setBackend(backend);
    const tensors = tf.tidy(compute);
    const values = tensors.map((t) => t.dataSync().slice());
    tf.dispose(tensors);
    return values;
  };
  const expected = await run('cpu');
  const actual = await run('onnxruntime');
  return expected.map((values, i) => relativeError(actual[i]!, values));
}

/** Deterministic noise, about standard normal. */
export function noise(shape: number[], seed: number, mean = 0, deviation = 1): Tensor {
  return tf.randomNormal(shape, mean, deviation, 'float32', seed);
}
