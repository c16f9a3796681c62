import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import type { LossTerms, Objective } from '../distill/objective.ts';
import type { ForwardContext, Model } from '../models/model.ts';
import { random } from '../random.ts';
import { clipByGlobalNorm } from './clip.ts';
import type { Adam, StepHyper } from './optimizer.ts';

/** Everything that is read of a step, in one tensor, so that it is one transfer: three losses, then the logits. */
export type Readout = Tensor1D;

export interface StepValues {
  loss: number;
  labelLoss: number;
  distillationLoss: number | null;
  /** [n, classes], row-major. */
  logits: Float32Array;
}

function pack(terms: LossTerms, logits: Tensor2D): Readout {
  const losses = [terms.loss, terms.labelLoss, terms.distillationLoss ?? terms.labelLoss];
  return tf.concat1d([
    ...losses.map((loss) => tf.reshape<tf.Rank.R1>(loss, [1])),
    tf.reshape(logits, [logits.size]),
  ]);
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

/** The batch's arrays become tensors without a copy: they are valid until the next batch is asked for. */
function batchTensors(batch: Batch): { images: Tensor4D; labels: Tensor1D } {
  const size = Math.round(Math.sqrt(batch.images.length / batch.n / 3));
  return {
    images: tf.tensor4d(batch.images, [batch.n, size, size, 3], 'float32'),
    labels: tf.tensor1d(batch.labels, 'int32'),
  };
}

export interface GradientOptions {
  model: Model;
  objective: Objective;
  batch: Batch;
  /** 1-based. */
  epoch: number;
  dropoutMask?: ForwardContext['dropoutMask'];
}

/**
 * Forward and backward pass in training mode: gradients of all trainable parameters by their variables' names, and the
 * readout. The teacher is asked first, outside the tape. The caller disposes of both.
 */
export function gradients(options: GradientOptions): { gradients: NamedTensorMap; readout: Readout } {
  const { model, objective, batch, epoch, dropoutMask } = options;
  return tf.tidy(() => {
    const { images, labels } = batchTensors(batch);
    const teacherLogits = objective.teacherLogits(images, { indices: batch.indices, epoch });
    const variables = model.parameters.filter((p) => model.trainable(p)).map((p) => p.variable);
    const context: ForwardContext = { training: true, ...(dropoutMask ? { dropoutMask } : {}) };
    const readouts: Readout[] = [];
    const { grads } = tf.variableGrads(() => {
      const logits = model.forward(images, context);
      const terms = objective.loss(logits, labels, teacherLogits);
      readouts.push(tf.keep(pack(terms, logits)));
      return terms.loss;
    }, variables);
    return { gradients: grads, readout: readouts[0]! };
  });
}

export interface StepOptions extends GradientOptions {
  optimizer: Adam;
  hyper: StepHyper;
  /** Upper limit of the gradients' global norm; null: none. */
  clipNorm: number | null;
}

/** One whole training step. The caller disposes of the readout; no other tensor stays. */
export function trainStep(options: StepOptions): Readout {
  return tf.tidy(() => {
    const result = gradients(options);
    const { clipNorm } = options;
    options.optimizer.apply(
      clipNorm === null ? result.gradients : clipByGlobalNorm(result.gradients, clipNorm),
      options.hyper,
    );
    return result.readout;
  });
}

/** Loss and logits in evaluation mode. The caller disposes. */
export function evaluationReadout(model: Model, objective: Objective, batch: Batch, epoch: number): Readout {
  return tf.tidy(() => {
    const { images, labels } = batchTensors(batch);
    const teacherLogits = objective.teacherLogits(images, { indices: batch.indices, epoch });
    const logits = model.forward(images, { training: false });
    return pack(objective.loss(logits, labels, teacherLogits), logits);
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
