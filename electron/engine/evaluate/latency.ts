import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { median } from '../quantile.ts';
import { random } from '../random.ts';

export interface LatencyOptions {
  /** Timed forward passes. Default 50. */
  runs?: number;
  /** Passes before them that do not count. Default 5. */
  warmup?: number;
  /** No further pass starts after this time, so that a large model on a slow backend does not hold up a run. Default 10. */
  maxSeconds?: number;
}

/**
 * Median time in milliseconds from one decoded image (float32 [1, size, size, 3]) to its logits, in evaluation mode. The
 * event loop turns between passes, so a host stays answered.
 */
export async function measureLatency(
  model: Model,
  size: number,
  options: LatencyOptions = {},
): Promise<number> {
  const { runs = 50, warmup = 5, maxSeconds = 10 } = options;
  const noise = random(1, 'latency');
  const image = Float32Array.from({ length: size * size * 3 }, () => noise.normal());
  const times: number[] = [];
  const end = performance.now() + maxSeconds * 1000;
  while (times.length === 0 || (times.length < warmup + runs && performance.now() < end)) {
    const start = performance.now();
    tf.tidy(() =>
      model.forward(tf.tensor4d(image, [1, size, size, 3]), { training: false }).dataSync<'float32'>(),
    );
    times.push(performance.now() - start);
    await setImmediate();
  }
  return median(times.slice(Math.min(warmup, times.length - 1)));
}
