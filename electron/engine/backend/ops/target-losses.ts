import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { logProbabilities } from './losses.ts';

/**
 * Losses that treat each image's target class apart from the others. `targets` [n, c] are one-hot; an image whose row is zero does not
 * count, and the mean is over all n. All logits are [n, c], and no gradient flows to the teacher's.
 */

/** Far below any logit: a class so low has the probability 0 among the others. */
const excluded = 1e9;

/** log(softmax) over all classes but the target, where it is some huge negative number. */
const logAmongOthers = (logits: Tensor2D, targets: Tensor2D): Tensor2D =>
  logProbabilities(tf.sub<Tensor2D>(logits, tf.mul(targets, excluded)));

const sumOfRow = (x: Tensor): Tensor2D => tf.sum(x, 1, true);

interface Parts {
  /** Logarithms of the probability of the target and of that of all others together, [n, 1]. */
  target: Tensor2D;
  others: Tensor2D;
  /** Logarithm of the distribution among the others, and the distribution, which is 0 at the target, [n, c]. */
  logAmong: Tensor2D;
  among: Tensor2D;
}

function partsOf(logits: Tensor2D, targets: Tensor2D): Parts {
  const log = logProbabilities(logits);
  const logAmong = logAmongOthers(logits, targets);
  const among = tf.exp<Tensor2D>(logAmong);
  return {
    target: sumOfRow(tf.mul(log, targets)),
    // Of every other class log p = log(1 - p(target)) + log q. 1 - p(target) itself is lost in rounding where the target is certain.
    others: sumOfRow(tf.mul(among, tf.sub(log, logAmong))),
    logAmong,
    among,
  };
}

/**
 * T^2 * (target * KL between the two probabilities "the target, or another class" + others * KL between the distributions among the
 * other classes), all at the temperature T.
 */
export function decoupledTargets(
  student: Tensor2D,
  teacher: Tensor2D,
  targets: Tensor2D,
  weights: { temperature: number; target: number; others: number },
): Scalar {
  const { temperature } = weights;
  const op = tf.customGrad((input, save) => {
    const own = partsOf(tf.div(input as Tensor2D, temperature), targets);
    const hint = partsOf(tf.div(teacher, temperature), targets);
    const [sure, hinted] = [tf.exp(own.target), tf.exp(hint.target)];
    const ofTarget = tf.add(
      tf.mul(hinted, tf.sub(hint.target, own.target)),
      tf.mul(tf.exp(hint.others), tf.sub(hint.others, own.others)),
    );
    const amongOthers = sumOfRow(tf.mul(hint.among, tf.sub(hint.logAmong, own.logAmong)));
    const counts = sumOfRow(targets);
    const losses = tf.add(tf.mul(ofTarget, weights.target), tf.mul(amongOthers, weights.others));
    const gradients = tf.add(
      tf.mul(tf.mul(tf.sub(sure, hinted), tf.sub(targets, own.among)), weights.target),
      tf.mul(tf.sub(own.among, hint.among), weights.others),
    );
    (save as tf.GradSaveFunc)([tf.mul(gradients, counts)]);
    return {
      value: tf.mul(tf.mean(tf.mul(losses, counts)), temperature ** 2),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tf.mul(saved[0]!, tf.mul(dy, temperature / student.shape[0])),
    };
  });
  return op(student) as Scalar;
}

/**
 * The target's cross-entropy weighted by the teacher's probability of it, at temperature 1, plus others * T^2 * the cross-entropy between
 * the distributions among the other classes at the temperature T.
 */
export function normalisedTargets(
  student: Tensor2D,
  teacher: Tensor2D,
  targets: Tensor2D,
  { temperature, others }: { temperature: number; others: number },
): Scalar {
  const op = tf.customGrad((input, save) => {
    const log = logProbabilities(input as Tensor2D);
    const sure = tf.exp(sumOfRow(tf.mul(logProbabilities(teacher), targets)));
    const logAmong = logAmongOthers(tf.div(input as Tensor2D, temperature), targets);
    const hinted = tf.exp(logAmongOthers(tf.div(teacher, temperature), targets));
    const counts = sumOfRow(targets);
    const ofTarget = tf.mul(sure, sumOfRow(tf.mul(log, targets)));
    const amongOthers = sumOfRow(tf.mul(hinted, logAmong));
    const losses = tf.add(ofTarget, tf.mul(amongOthers, others * temperature ** 2));
    const gradients = tf.add(
      tf.mul(sure, tf.sub(tf.exp(log), targets)),
      tf.mul(tf.sub(tf.exp(logAmong), hinted), others * temperature),
    );
    (save as tf.GradSaveFunc)([tf.mul(gradients, counts)]);
    return {
      value: tf.neg(tf.mean(tf.mul(losses, counts))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(saved[0]!, tf.mul(dy, 1 / student.shape[0])),
    };
  });
  return op(student) as Scalar;
}
