import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureLatencies } from '../../../electron/engine/evaluate/latency.ts';
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
  it('collects the predictions in the source’s order, in evaluation mode, and leaves no tensor', async () => {
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

  it('names what it cannot evaluate', async () => {
    const before = tf.memory().numTensors;
    const sick = predictAll(channelModel(), source([[[0, NaN, 0]]], [0]));
    await expect(sick).rejects.toMatchObject({ code: 'TRAINING_DIVERGED' });
    const strange = predictAll(channelModel(), source([pixels], [0, 1, 3]));
    await expect(strange).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives no predictions for no images', async () => {
    const outputs = await predictAll(channelModel(), source([[]], []));
    expect([outputs.n, outputs.logits.length]).toEqual([0, 0]);
  });
});

describe('latency', () => {
  it('times single images after a warm-up', async () => {
    const model = channelModel();
    const before = tf.memory().numTensors;
    const [latency] = await measureLatencies([{ model, size: 8 }], { runs: 4, warmup: 2 });
    expect(latency!.ms).toBeGreaterThan(0);
    expect([latency!.low, latency!.ms, latency!.high]).toEqual(
      [latency!.low, latency!.ms, latency!.high].sort((a, b) => a - b),
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(model.calls).toEqual(Array(6).fill({ training: false, batch: 1 }));
  });

  it('of several networks is measured in turns, and once where their shapes are equal', async () => {
    const order: string[] = [];
    const named = (name: string, width: number) => {
      const model = channelModel();
      const forward = model.forward.bind(model);
      return Object.assign(model, {
        recipe: { ...model.recipe, width },
        forward: (...inputs: Parameters<typeof forward>) => {
          order.push(name);
          return forward(...inputs);
        },
      });
    };
    const models = [named('teacher', 32), named('student', 8), named('baseline', 8)];
    const [teacher, student, baseline] = await measureLatencies(
      models.map((model) => ({ model, size: 8 })),
      { runs: 2, warmup: 1 },
    );
    expect(order).toEqual(['teacher', 'student', 'teacher', 'student', 'teacher', 'student']);
    expect(baseline).toEqual(student);
    expect(teacher).not.toBe(student);
  });

  it('times one pass at least, however little time there is', async () => {
    const model = channelModel();
    expect((await measureLatencies([{ model, size: 8 }], { maxSeconds: 0 }))[0]!.ms).toBeGreaterThan(0);
    expect(model.calls).toHaveLength(1);
  });
});
