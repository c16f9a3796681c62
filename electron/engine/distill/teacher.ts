import type { Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { type Classifier, isModel, type ModelOutputs } from '../models/model.ts';
import { logitsOnly, tidyOutputs, type Wanted } from '../models/model-outputs.ts';
import { FrozenForward } from './frozen-forward.ts';

/** Which images a batch holds: enough to look up stored logits instead of computing them. */
export interface BatchPlace {
  /** Indices of the images into their part of the data, [n]. */
  indices: Int32Array;
  /** 1-based; with the recipe's seed and the index it determines the augmentation. */
  epoch: number;
}

/** Where the teacher's outputs come from. */
export interface TeacherSource {
  /** Whether the outputs are a function of the images alone; otherwise they are read for each batch, by its place. */
  readonly live: boolean;
  /** The classes that the teacher knows, ascending, where it does not know all of them. */
  readonly covers?: readonly number[];
  /** What a live source's outputs depend on besides the images. */
  readonly variables: readonly Variable[];
  /** The teacher's outputs for normalised images [n, h, w, 3]. The caller disposes. */
  outputs(images: Tensor4D, place: BatchPlace): ModelOutputs;
  /** Frees what it keeps besides the teacher. It may be asked again. */
  dispose(): void;
}

/**
 * Asks the teacher itself, in evaluation mode. To be called outside the gradient tape, so that nothing of its forward
 * pass is kept for a backward one. `batchSize`: its forward pass is recorded for batches of so many images and replayed
 * where the backend can; null: it runs kernel by kernel. A network that is run from a file is asked for every batch: a graph of
 * this program's operations cannot contain it.
 */
export function liveTeacher(
  teacher: Classifier,
  batchSize: number | null = null,
  wanted: Wanted = logitsOnly,
): TeacherSource {
  const forward = (images: Tensor4D) =>
    tidyOutputs(() => teacher.forward(images, { training: false, ...wanted }));
  const covers = teacher.covers && { covers: teacher.covers };
  if (!isModel(teacher))
    return { live: false, ...covers, variables: [], outputs: forward, dispose: () => undefined };
  const recorded = batchSize === null ? null : new FrozenForward(teacher, batchSize, wanted);
  return {
    live: true,
    ...covers,
    variables: [...teacher.parameters, ...teacher.buffers].map(({ variable }) => variable),
    outputs: (images) => recorded?.forward(images) ?? forward(images),
    dispose: () => recorded?.dispose(),
  };
}
