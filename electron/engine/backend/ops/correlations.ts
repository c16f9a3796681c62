import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { logProbabilities } from './losses.ts';

/** Rows or columns whose deviations are shorter have no direction, hence neither a correlation nor a gradient. */
const shortest = 1e-8;

interface Directions {
  /** Deviations from the mean, of length 1, [n, c]. */
  unit: Tensor;
  /** 1 / their length before, 0 where they have no direction; [n, 1] or [1, c]. */
  inverse: Tensor;
}

function directionsOf(deviations: Tensor, axis: 0 | 1): Directions {
  const length = tf.sqrt(tf.sum(tf.square(deviations), axis, true));
  const inverse = tf.div(tf.step(tf.sub(length, shortest)), tf.maximum(length, shortest));
  return { unit: tf.mul(deviations, inverse), inverse };
}

/** The correlations along an axis, and the gradient of their sum by the entries of `own`. */
function correlationsOf(own: Tensor, other: Tensor, axis: 0 | 1): { values: Tensor; gradient: Tensor } {
  const [x, y] = [directionsOf(own, axis), directionsOf(other, axis)];
  const values = tf.sum(tf.mul(x.unit, y.unit), axis, true);
  return { values, gradient: tf.mul(tf.sub(y.unit, tf.mul(x.unit, values)), x.inverse) };
}

/**
 * T^2 * (rows * (1 - mean correlation of an image's probabilities over the classes) + columns * (1 - mean correlation of a class's
 * probabilities over the images)) of softmax(logits / T). Both logits [n, c]; no gradient flows to the teacher's. `counting` [n, 1]: 1 for
 * the images that count, else 0; both parts are then multiplied by their share of the n images.
 */
export function correlationLoss(
  student: Tensor2D,
  teacher: Tensor2D,
  weights: { temperature: number; rows: number; columns: number },
  counting: Tensor2D | null = null,
): Scalar {
  const { temperature, rows, columns } = weights;
  const [images, classes] = student.shape;
  const op = tf.customGrad((input, save) => {
    const counts = counting ?? tf.ones<tf.Rank.R2>([images, 1]);
    const share = tf.mean(counts);
    const probabilities = (logits: Tensor2D): Tensor =>
      tf.exp(logProbabilities(tf.div<Tensor2D>(logits, temperature)));
    const alongRows = (p: Tensor) => tf.mul(tf.sub(p, tf.mean(p, 1, true)), counts);
    const alongColumns = (p: Tensor) => {
      const mean = tf.div(tf.mean(tf.mul(p, counts), 0, true), tf.maximum(share, 1 / images));
      return tf.mul(tf.sub(p, mean), counts);
    };
    const [own, hint] = [probabilities(input as Tensor2D), probabilities(teacher)];
    const byImage = correlationsOf(alongRows(own), alongRows(hint), 1);
    const byClass = correlationsOf(alongColumns(own), alongColumns(hint), 0);
    const loss = tf.add(
      tf.mul(tf.sub(share, tf.mean(byImage.values)), rows),
      tf.mul(tf.mul(tf.sub(1, tf.mean(byClass.values)), share), columns),
    );
    const byProbability = tf.neg(
      tf.add(
        tf.mul(byImage.gradient, rows / images),
        tf.mul(tf.mul(byClass.gradient, share), columns / classes),
      ),
    );
    const along = tf.sum(tf.mul(byProbability, own), 1, true);
    (save as tf.GradSaveFunc)([tf.mul(own, tf.sub(byProbability, along))]);
    return {
      value: tf.mul(loss, temperature ** 2),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(saved[0]!, tf.mul(dy, temperature)),
    };
  });
  return op(student) as Scalar;
}
