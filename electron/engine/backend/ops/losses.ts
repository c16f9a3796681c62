import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './fused.ts';

/** A loss whose kernel returns [value, gradient by its first input]; the other inputs are constants. */
function withKernelGradient(logits: Tensor2D, run: (x: Tensor2D) => Tensor[]) {
  const op = tf.customGrad((x, save) => {
    const [value, gradient] = run(x as Tensor2D) as [Tensor, Tensor];
    (save as tf.GradSaveFunc)([gradient]);
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(dy, saved[0]!) };
  });
  return op(logits) as Scalar;
}

/** Probabilities that labels stand for, smoothed as PyTorch does: (1 - s) * onehot + s / classes. int32 [n] -> [n, classes]. */
export const labelTargets = (labels: Tensor1D, classes: number, smoothing: number): Tensor2D =>
  tf.tidy(() => {
    const onehot = tf.oneHot(labels, classes, 1, 0, 'float32');
    return smoothing === 0 ? onehot : tf.add(tf.mul(onehot, 1 - smoothing), smoothing / classes);
  }) as Tensor2D;

/** Cross-entropy averaged over the batch. labels int32 [n], logits [n, c] -> scalar. */
export const crossEntropy = (labels: Tensor1D, logits: Tensor2D, smoothing = 0): Scalar =>
  crossEntropyOf(labelTargets(labels, logits.shape[1], smoothing), logits);

/** -mean over the batch of sum targets * log softmax(logits), where each row of the targets sums to 1. Both [n, c] -> scalar. */
export function crossEntropyOf(targets: Tensor2D, logits: Tensor2D): Scalar {
  if (hasKernel('CrossEntropy')) {
    return withKernelGradient(logits, (x) => runKernel('CrossEntropy', { logits: x, targets }));
  }
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1)));
}

/** The same where the rows of the targets have any sums. The gradient is (softmax * row sum - targets) / n. */
export function weightedCrossEntropy(targets: Tensor2D, logits: Tensor2D): Scalar {
  const op = tf.customGrad((input, save) => {
    const log = logProbabilities(input as Tensor2D);
    const sums = tf.sum(targets, 1, true);
    (save as tf.GradSaveFunc)([tf.sub(tf.mul(tf.exp(log), sums), targets)]);
    return {
      value: tf.neg(tf.div(tf.sum(tf.mul(targets, log)), logits.shape[0])),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(saved[0]!, tf.div(dy, logits.shape[0])),
    };
  });
  return op(logits) as Scalar;
}

/**
 * T^2 * KL(softmax(teacher / T) || softmax(student / T)), averaged over the batch (Hinton et al., 2015).
 * No gradient flows to the teacher. Both [n, c] -> scalar.
 */
export function softTargets(student: Tensor2D, teacher: Tensor2D, temperature: number): Scalar {
  if (hasKernel('SoftTargets')) {
    return withKernelGradient(student, (x) =>
      runKernel('SoftTargets', { student: x, teacher }, { temperature }),
    );
  }
  const teacherLog = tf.tidy(() => tf.logSoftmax(tf.div(teacher, temperature)));
  const studentLog = tf.logSoftmax(tf.div(student, temperature));
  const divergence = tf.mean(tf.sum(tf.mul(tf.exp(teacherLog), tf.sub(teacherLog, studentLog)), 1));
  return tf.mul(divergence, temperature * temperature);
}

/** log(softmax(logits)) of constants: without a gradient. [n, c] -> [n, c] */
export function logProbabilities(logits: Tensor2D): Tensor2D {
  // tfjs composes it of operations of which not all have native kernels.
  if (hasKernel('LogSoftmax')) return runKernel('LogSoftmax', { logits }, { axis: 1 })[0] as Tensor2D;
  return tf.logSoftmax(logits);
}

/** Mean squared difference of the logits (Ba & Caruana, 2014). Both [n, c] -> scalar. */
export function logitRegression(student: Tensor2D, teacher: Tensor2D): Scalar {
  return tf.mean(tf.squaredDifference(student, teacher));
}

/** mean((x - target)^2) over everything, of two tensors of one shape. No gradient flows to the target. */
export function meanSquaredDifference(x: Tensor, target: Tensor): Scalar {
  // tfjs's gradient of a mean multiplies with ones of the input's shape, which a recorded step would hold as a constant.
  const op = tf.customGrad((input, save) => {
    const difference = tf.sub(input as Tensor, target);
    (save as tf.GradSaveFunc)([difference]);
    return {
      value: tf.mean(tf.square(difference)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(saved[0]!, tf.mul(dy, 2 / x.size)),
    };
  });
  return op(x) as Scalar;
}

/**
 * mean of max(0, margin - x)^2 where the target is above 0, else of max(0, margin + x)^2, of two tensors of one shape. No gradient
 * flows to the target.
 */
export function meanSquaredHinge(x: Tensor, target: Tensor, margin: number): Scalar {
  const op = tf.customGrad((input, save) => {
    // -1 where x is to be above the margin, 1 where it is to be below its negative.
    const side = tf.sub(1, tf.mul(tf.step(target), 2));
    const beyond = tf.relu(tf.add(tf.mul(input as Tensor, side), margin));
    (save as tf.GradSaveFunc)([tf.mul(beyond, side)]);
    return {
      value: tf.mean(tf.square(beyond)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(saved[0]!, tf.mul(dy, 2 / x.size)),
    };
  });
  return op(x) as Scalar;
}

/** Mean over the channels of the squares. x [n,h,w,c] -> [n,h,w]. */
export function meanOfSquares(x: Tensor4D): Tensor3D {
  const op = tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([input as Tensor]);
    return {
      value: tf.mean(tf.square(input as Tensor), -1),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tf.mul(saved[0]!, tf.mul(tf.expandDims(dy, -1), 2 / x.shape[3])),
    };
  });
  return op(x) as Tensor3D;
}

/** Beside the deviation, so that equal logits stay 0, as logit-standardization-KD has it. */
const smallestDeviation = 1e-7;

/**
 * (x - mean) / (sd + 1e-7) of each row, with m - 1 in the deviation's denominator. A constant row becomes zeros and has a gradient of 0.
 * x [n,m] -> [n,m].
 */
export function standardiseRows(x: Tensor2D): Tensor2D {
  const op = tf.customGrad((input, save) => {
    const centred = tf.sub(input as Tensor, tf.mean(input as Tensor, 1, true));
    const degrees = Math.max(1, x.shape[1] - 1);
    const deviation = tf.sqrt(tf.div(tf.sum(tf.square(centred), 1, true), degrees));
    const scale = tf.add(deviation, smallestDeviation);
    const value = tf.div(centred, scale);
    const inverse = tf.div(tf.step(tf.sub(deviation, smallestDeviation)), scale);
    const share = tf.mul(tf.maximum(deviation, smallestDeviation), degrees);
    (save as tf.GradSaveFunc)([value, inverse, tf.div(tf.mul(value, tf.step(inverse)), share)]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [y, factor, byDeviation] = saved as [Tensor, Tensor, Tensor];
        // y = c / (sd + e), and sd moves by c / (sd (m - 1)) with each c.
        const along = tf.sum(tf.mul(dy, y), 1, true);
        const byCentred = tf.sub(tf.mul(dy, factor), tf.mul(byDeviation, along));
        return tf.sub(byCentred, tf.mean(byCentred, 1, true));
      },
    };
  });
  return op(x) as Tensor2D;
}

/** Under the root, so that a row of zeros stays one: (1e-12)^2, as PyTorch's F.normalize. */
const smallestNorm = 1e-24;

/** Rows divided by their L2 norm; a row of zeros stays one and has a gradient of 0. x [n,m] -> [n,m]. */
export function normaliseRows(x: Tensor2D): Tensor2D {
  const op = tf.customGrad((input, save) => {
    const squares = tf.sum(tf.square(input as Tensor), 1, true);
    const norm = tf.sqrt(tf.add(squares, smallestNorm));
    const value = tf.div(input as Tensor, norm);
    (save as tf.GradSaveFunc)([value, tf.div(tf.step(squares), norm)]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [y, scale] = saved as [Tensor, Tensor];
        return tf.mul(tf.sub(dy, tf.mul(y, tf.sum(tf.mul(dy, y), 1, true))), scale);
      },
    };
  });
  return op(x) as Tensor2D;
}
