import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { logProbabilities } from '../backend/ops/losses.ts';
import type { CoveredPart } from './term.ts';

/** A softmax at the temperature 1 / sharpness is above one half for the largest logit alone, unless another is within 1e-5 of it. */
const sharpness = 1e5;

/** One-hot rows of the largest logits, by operations that a recorded step can have. A tie gives a row of zeros. */
const mostProbable = (logits: Tensor2D): Tensor2D =>
  tf.step(tf.sub(tf.exp(logProbabilities(tf.mul<Tensor2D>(logits, sharpness))), 0.5));

/**
 * The target class of each image of a batch, one-hot [n, c]: its label; of an image without a label, the class that the teacher finds most
 * probable. Its row is zero where the label is a class that the teacher does not know.
 */
export function targetClasses(teacher: Tensor2D, labels: Tensor1D, covered?: CoveredPart): Tensor2D {
  return tf.tidy(() => {
    const [images, classes] = teacher.shape;
    const [labelled] = labels.shape;
    const ofLabels = covered
      ? tf.matMul<Tensor2D>(tf.oneHot(labels, covered.pick.shape[0], 1, 0, 'float32'), covered.pick)
      : (tf.oneHot(labels, classes, 1, 0, 'float32') as Tensor2D);
    if (labelled === images) return ofLabels;
    const [, others] = tf.split<Tensor2D>(teacher, [labelled, images - labelled]);
    return tf.concat2d([ofLabels, mostProbable(others!)], 0);
  });
}
