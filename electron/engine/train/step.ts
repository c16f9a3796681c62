import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import type { LossTerms, Objective } from '../distill/objective.ts';
import type { ForwardContext, Model, Parameter } from '../models/model.ts';
import { random } from '../numbers/random.ts';

/** Everything that is read of a step, in one tensor, so that it is one transfer: three losses, then the logits. */
export type Readout = Tensor1D;

/** A step's losses and its logits [n, classes], not yet read. */
export type StepResults = [loss: Tensor, labelLoss: Tensor, distillationLoss: Tensor, logits: Tensor];

const resultsOf = (terms: LossTerms, logits: Tensor2D): StepResults => [
  terms.loss,
  terms.labelLoss,
  terms.distillationLoss ?? terms.labelLoss,
  logits,
];

export interface StepValues {
  loss: number;
  labelLoss: number;
  distillationLoss: number | null;
  /** [n, classes], row-major. */
  logits: Float32Array;
}

export function pack(results: StepResults): Readout {
  return tf.concat1d(results.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [tensor.size])));
}

/** Reads and disposes. */
export async function unpack(readout: Readout, objective: Objective): Promise<StepValues> {
  const values = await readout.data<'float32'>();
  const [loss, labelLoss, distillationLoss] = values as unknown as [number, number, number];
  // A copy: the backend may use the buffer again once the tensor is gone.
  const logits = values.slice(3);
  readout.dispose();
  return { loss, labelLoss, distillationLoss: objective.distils ? distillationLoss : null, logits };
}

function imageTensor(images: Float32Array, n: number): Tensor4D {
  const size = Math.round(Math.sqrt(images.length / n / 3));
  return tf.tensor4d(images, [n, size, size, 3], 'float32');
}

/**
 * The batch's arrays become tensors without a copy: they are valid until the next batch is asked for. `teacherImages` is
 * `images` where the teacher sees the same.
 */
export function batchTensors({ images, teacherImages, labels, n }: Batch): {
  images: Tensor4D;
  teacherImages: Tensor4D;
  labels: Tensor1D;
} {
  const own = imageTensor(images, n);
  return {
    images: own,
    teacherImages: teacherImages ? imageTensor(teacherImages, n) : own,
    labels: tf.tensor1d(labels, 'int32'),
  };
}

export interface GradientOptions {
  model: Model;
  objective: Objective;
  dropoutMask?: ForwardContext['dropoutMask'] | undefined;
}

/** What a step computes with. */
export interface StepTensors {
  /** [n, h, w, 3], normalised. */
  images: Tensor4D;
  /** int32 [n] */
  labels: Tensor1D;
  /** [n, classes]; null without a teacher. */
  teacherLogits: Tensor2D | null;
}

/**
 * Forward and backward pass in training mode: gradients of all trainable parameters by their variables' names, and the losses
 * and logits. The caller disposes of both.
 */
export function gradients(
  { model, objective, dropoutMask }: GradientOptions,
  { images, labels, teacherLogits }: StepTensors,
): { gradients: NamedTensorMap; results: StepResults } {
  return tf.tidy(() => {
    const variables = trainableParameters(model).map((p) => p.variable);
    const context: ForwardContext = { training: true, ...(dropoutMask ? { dropoutMask } : {}) };
    const results: StepResults[] = [];
    const { grads } = tf.variableGrads(() => {
      const { logits } = model.forward(images, context);
      const terms = objective.loss(logits, labels, teacherLogits);
      results.push(resultsOf(terms, logits));
      for (const tensor of results[0]!) tf.keep(tensor);
      return terms.loss;
    }, variables);
    return { gradients: grads, results: results[0]! };
  });
}

export const trainableParameters = (model: Model): Parameter[] =>
  model.parameters.filter((parameter) => model.trainable(parameter));

/** Loss and logits in evaluation mode. The caller disposes. */
export function evaluationReadout(model: Model, objective: Objective, batch: Batch, epoch: number): Readout {
  return tf.tidy(() => {
    const { images, teacherImages, labels } = batchTensors(batch);
    const teacherLogits = objective.teacherLogits(teacherImages, { indices: batch.indices, epoch });
    const { logits } = model.forward(images, { training: false });
    return pack(resultsOf(objective.loss(logits, labels, teacherLogits), logits));
  });
}

/** The masks of one step, in the order in which the model asks for them. Equal keys give equal masks. */
export function dropoutMasks(
  seed: number,
  ...keys: (number | string)[]
): NonNullable<ForwardContext['dropoutMask']> {
  const stream = random(seed, 'dropout', ...keys);
  return (shape, rate) => {
    const kept = 1 / (1 - rate);
    const mask = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
      stream.float() < rate ? 0 : kept,
    );
    return tf.tensor(mask, shape, 'float32');
  };
}
