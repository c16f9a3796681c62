import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { FrozenForward } from './frozen-forward.ts';

/** Which images a batch holds: enough to look up answers that were stored instead of computing them. */
export interface BatchPlace {
  /** Indices of the images into their part of the data, [n]. */
  indices: Int32Array;
  /** 1-based; with the recipe's seed and the index it determines the augmentation. */
  epoch: number;
}

/** Where the teacher's answers come from. */
export interface TeacherSource {
  /** Whether the logits are a function of the images alone; otherwise they are read anew for each batch, by its place. */
  readonly live: boolean;
  /** What a live source's logits depend on besides the images. */
  readonly variables: readonly Variable[];
  /** Logits [n, classes] for normalised images [n, h, w, 3]. The caller disposes. */
  logits(images: Tensor4D, place: BatchPlace): Tensor2D;
  /** Frees what it keeps besides the teacher. It may be asked again. */
  dispose(): void;
}

/**
 * Asks the teacher itself, in evaluation mode. To be called outside the gradient tape, so that nothing of its forward
 * pass is kept for a backward one. `batchSize`: its forward pass is recorded for batches of so many images and replayed
 * where the backend can; null: it runs kernel by kernel.
 */
export function liveTeacher(model: Model, batchSize: number | null = null): TeacherSource {
  const recorded = batchSize === null ? null : new FrozenForward(model, batchSize);
  return {
    live: true,
    variables: [...model.parameters, ...model.buffers].map(({ variable }) => variable),
    logits: (images) => recorded?.logits(images) ?? tf.tidy(() => model.forward(images, { training: false })),
    dispose: () => recorded?.dispose(),
  };
}
