import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { crossEntropyOf, labelTargets, weightedCrossEntropy } from '../backend/ops/losses.ts';

/** How the labels count. */
export interface LabelOptions {
  /** In [0, 1). */
  smoothing: number;
  /** One for each class; null: all alike. */
  classWeights?: readonly number[] | null;
}

/** Of images that are mixed of two, beside the labels of the larger part. */
export interface MixedLabels {
  /** int32 [k], of the other part. */
  others: Tensor1D;
  /** Of the larger part. */
  share: Scalar;
}

/** Below the sum of the labels' weights, so that a batch whose labels all have the weight 0 has the loss 0. */
const smallestSum = 1e-12;

/**
 * What -log softmax is multiplied by, [k, classes], so that its mean over the images is
 * torch.nn.functional.cross_entropy(weight=, label_smoothing=): every class's term has that class's weight, also the terms that smoothing
 * brings in, and the sum is divided by the sum of the labels' weights.
 */
function weightedTargets(labels: Tensor1D, smoothing: number, classWeights: readonly number[]): Tensor2D {
  const classes = classWeights.length;
  const weights = tf.tensor2d([...classWeights], [1, classes], 'float32');
  const sum = tf.sum(tf.mul(labelTargets(labels, classes, 0), weights));
  const scale = tf.div(labels.shape[0], tf.maximum(sum, smallestSum));
  return tf.mul(tf.mul(labelTargets(labels, classes, smoothing), weights), scale);
}

/**
 * Cross-entropy of logits [k, classes] with labels int32 [k], averaged over the images. Of mixed images it is
 * share * CE(labels) + (1 - share) * CE(others), each averaged by itself.
 */
export function labelLoss(
  labels: Tensor1D,
  logits: Tensor2D,
  { smoothing, classWeights = null }: LabelOptions,
  mixed: MixedLabels | null = null,
): Scalar {
  const targets = tf.tidy(() => {
    const of = (one: Tensor1D) =>
      classWeights
        ? weightedTargets(one, smoothing, classWeights)
        : labelTargets(one, logits.shape[1], smoothing);
    if (!mixed) return of(labels);
    const { others, share } = mixed;
    return tf.add<Tensor2D>(tf.mul(of(labels), share), tf.mul(of(others), tf.sub(1, share)));
  });
  return classWeights ? weightedCrossEntropy(targets, logits) : crossEntropyOf(targets, logits);
}
