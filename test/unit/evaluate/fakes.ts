import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../../../electron/engine/data/batch.ts';
import type { BatchSource } from '../../../electron/engine/evaluate/predict.ts';
import type { Predictions } from '../../../electron/engine/evaluate/predictions.ts';
import type { Model } from '../../../electron/engine/models/model.ts';
import { logitsOnly, outputsFrom } from '../../../electron/engine/models/model-outputs.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';

/** Predictions from rows of probabilities. */
export function predictions(labels: number[], rows: number[][]): Predictions {
  const classes = rows[0]?.length ?? 0;
  return {
    classes,
    n: labels.length,
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(rows.flat()),
  };
}

/** Predictions that answer `answers` with certainty. */
export const certain = (classes: number, labels: number[], answers: number[]): Predictions =>
  predictions(
    labels,
    answers.map((answer) => Array.from({ length: classes }, (_, c) => Number(c === answer))),
  );

/** A model of three classes that answers with the mean of each channel as its logits. It records the modes it was called in. */
export function channelModel(): Model & { calls: { training: boolean; batch: number }[] } {
  const calls: { training: boolean; batch: number }[] = [];
  return {
    calls,
    recipe: modelSchema.parse({ architecture: 'resnet18' }),
    classes: 3,
    parameters: [],
    buffers: [],
    groups: 1,
    forward: (images, { training }) => {
      calls.push({ training, batch: images.shape[0] });
      return outputsFrom([tf.mean(images, [1, 2])], logitsOnly);
    },
    stages: () => [],
    freezeTo: () => undefined,
    trainable: () => true,
    summary: () => [],
    dispose: () => undefined,
  };
}

/** A source of 1 x 1 images: `pixels[epoch]` holds one [r, g, b] an image. */
export function source(pixels: number[][][], labels: number[], batchSize = 2): BatchSource {
  const images = labels.length;
  async function* epoch(number: number): AsyncGenerator<Batch> {
    for (let from = 0; from < images; from += batchSize) {
      const rows = await Promise.resolve(pixels[number]!.slice(from, from + batchSize));
      const data = new Float32Array(new SharedArrayBuffer(rows.length * 12));
      data.set(rows.flat());
      const own = labels.slice(from, from + batchSize);
      yield {
        images: data,
        labels: Int32Array.from(own),
        indices: Int32Array.from(own, (_, i) => 10 + from + i),
        n: rows.length,
      };
    }
  }
  return { images, epoch };
}
