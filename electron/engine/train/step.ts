import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import type { MixedLabels } from '../distill/label-loss.ts';
import type { LossTerms, Objective } from '../distill/objective.ts';
import type { ForwardContext, Model, ModelOutputs, Parameter } from '../models/model.ts';
import { random } from '../numbers/random.ts';

/** Everything that is read of a step, in one tensor, so that it is one transfer: loss, label loss and the terms' losses, then the logits. */
export type Readout = Tensor1D;

/** A step's losses and its logits [n, classes], not yet read. */
export type StepResults = [loss: Tensor, labelLoss: Tensor, ...termLosses: Tensor[], logits: Tensor];

const resultsOf = ({ loss, labelLoss, termLosses }: LossTerms, logits: Tensor2D): StepResults => [
  loss,
  labelLoss,
  ...termLosses,
  logits,
];

export interface StepValues {
  loss: number;
  labelLoss: number;
  /** Of each distillation term, unweighted, in the recipe's order; empty without a teacher. */
  termLosses: number[];
  /** [n, classes], row-major. */
  logits: Float32Array;
}

export function pack(results: StepResults): Readout {
  return tf.concat1d(results.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [tensor.size])));
}

/** Reads and disposes. */
export async function unpack(readout: Readout, objective: Objective): Promise<StepValues> {
  const values = await readout.data<'float32'>();
  const losses = 2 + objective.terms;
  const [loss, labelLoss, ...termLosses] = values.subarray(0, losses) as unknown as [
    number,
    number,
    ...number[],
  ];
  // A copy: the backend may use the buffer again once the tensor is gone.
  const logits = values.slice(losses);
  readout.dispose();
  return { loss, labelLoss, termLosses, logits };
}

function imageTensor(images: Float32Array, n: number): Tensor4D {
  const size = Math.round(Math.sqrt(images.length / n / 3));
  return tf.tensor4d(images, [n, size, size, 3], 'float32');
}

/**
 * The batch's arrays become tensors without a copy: they are valid until the next batch is asked for. `views`: the images, then
 * the same as teachers see them.
 */
export function batchTensors({ images, views = [], labels, mixed, n }: Batch): {
  images: Tensor4D;
  views: readonly Tensor4D[];
  labels: Tensor1D;
  mixed: MixedLabels | null;
} {
  const own = imageTensor(images, n);
  return {
    images: own,
    views: [own, ...views.map((view) => imageTensor(view, n))],
    labels: tf.tensor1d(labels, 'int32'),
    mixed: mixed
      ? { others: tf.tensor1d(mixed.labels, 'int32'), share: tf.scalar(mixed.share, 'float32') }
      : null,
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
  /** int32 [k], of the first k images. */
  labels: Tensor1D;
  /** Where the images are mixed of two, what `labels` are not. */
  mixed: MixedLabels | null;
  /** The outputs of each. */
  teachers: readonly ModelOutputs[];
  /** The scheduled ones. */
  weights: readonly Scalar[];
}

/**
 * Forward and backward pass in training mode: gradients of all that is trained by the variables' names, and the losses
 * and logits. The caller disposes of both.
 */
export function gradients(
  { model, objective, dropoutMask }: GradientOptions,
  { images, labels, mixed, teachers, weights }: StepTensors,
): { gradients: NamedTensorMap; results: StepResults } {
  return tf.tidy(() => {
    const variables = trainedParameters(model, objective).map((p) => p.variable);
    const context: ForwardContext = {
      training: true,
      ...objective.wanted,
      ...(dropoutMask ? { dropoutMask } : {}),
    };
    const results: StepResults[] = [];
    const { grads } = tf.variableGrads(() => {
      const outputs = objective.trained(model.forward(images, context));
      const terms = objective.loss(outputs, labels, teachers, weights, mixed);
      results.push(resultsOf(terms, outputs.logits));
      for (const tensor of results[0]!) tf.keep(tensor);
      return terms.loss;
    }, variables);
    return { gradients: grads, results: results[0]! };
  });
}

/** What a step updates: the network's parameters that are neither frozen nor replaced, and the adapters. */
export const trainedParameters = (
  model: Model,
  { parameters, replaced }: Pick<Objective, 'parameters' | 'replaced'>,
): Parameter[] => [
  ...model.parameters.filter((one) => model.trainable(one) && !replaced.includes(one.name)),
  ...parameters,
];

/** Loss and logits in evaluation mode. The caller disposes. */
export function evaluationReadout(model: Model, objective: Objective, batch: Batch, epoch: number): Readout {
  return tf.tidy(() => {
    const { images, views, labels } = batchTensors(batch);
    const teachers = objective.teacherOutputs(views, { indices: batch.indices, epoch });
    const outputs = model.forward(images, { training: false, ...objective.wanted });
    const terms = objective.loss(outputs, labels, teachers, objective.scheduledWeights(epoch));
    return pack(resultsOf(terms, outputs.logits));
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
