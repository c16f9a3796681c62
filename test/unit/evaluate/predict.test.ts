import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureLatency } from '../../../electron/engine/evaluate/latency.ts';
import { predictAll, toPredictions } from '../../../electron/engine/evaluate/predict.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { channelModel, source } from './fakes.ts';

beforeAll(useCpuBackend);

const pixels = [
  [0, 1, 2],
  [3, 0, 0],
  [-1, -1, 5],
];

describe('predictAll', () => {
  it('collects the answers in the source’s order, in evaluation mode, and leaves no tensor', async () => {
    const model = channelModel();
    const before = tf.memory().numTensors;
    const progress: number[] = [];
    const outputs = await predictAll(model, source([pixels], [2, 0, 1]), {
      onProgress: ({ done, total }) => progress.push(done, total),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect([...outputs.logits]).toEqual(pixels.flat());
    expect([...outputs.labels]).toEqual([2, 0, 1]);
    expect([...outputs.indices]).toEqual([10, 11, 12]);
    expect(outputs.seconds).toBeGreaterThan(0);
    expect(progress).toEqual([2, 3, 3, 3]);
    expect(model.calls).toEqual([
      { training: false, batch: 2 },
      { training: false, batch: 1 },
    ]);
    // exp(2) / (1 + e + exp(2))
    expect(toPredictions(outputs).probabilities[2]).toBeCloseTo(0.66524096, 7);
  });

  it('stops when asked', async () => {
    const controller = new AbortController();
    const running = predictAll(channelModel(), source([pixels], [2, 0, 1]), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('names what it cannot judge', async () => {
    const before = tf.memory().numTensors;
    const sick = predictAll(channelModel(), source([[[0, NaN, 0]]], [0]));
    await expect(sick).rejects.toMatchObject({ code: 'TRAINING_DIVERGED' });
    const strange = predictAll(channelModel(), source([pixels], [0, 1, 3]));
    await expect(strange).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives no answers for no images', async () => {
    const outputs = await predictAll(channelModel(), source([[]], []));
    expect([outputs.n, outputs.logits.length]).toEqual([0, 0]);
  });
});

describe('latency', () => {
  it('times single images after a warm-up', async () => {
    const model = channelModel();
    const before = tf.memory().numTensors;
    expect(await measureLatency(model, 8, { runs: 4, warmup: 2 })).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
    expect(model.calls).toEqual(Array(6).fill({ training: false, batch: 1 }));
  });

  it('times one pass at least, however little time there is', async () => {
    const model = channelModel();
    expect(await measureLatency(model, 8, { maxSeconds: 0 })).toBeGreaterThan(0);
    expect(model.calls).toHaveLength(1);
  });
});
