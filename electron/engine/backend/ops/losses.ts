import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
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

/**
 * Cross-entropy averaged over the batch, with label smoothing as PyTorch's: the target is (1 - s) * onehot + s / classes.
 * labels int32 [n], logits [n, c] -> scalar.
 */
export function crossEntropy(labels: Tensor1D, logits: Tensor2D, smoothing = 0): Scalar {
  const targets = tf.tidy(() => {
    const classes = logits.shape[1];
    const onehot = tf.oneHot(labels, classes, 1, 0, 'float32');
    return smoothing === 0 ? onehot : tf.add(tf.mul(onehot, 1 - smoothing), smoothing / classes);
  }) as Tensor2D;
  if (hasKernel('CrossEntropy')) {
    return withKernelGradient(logits, (x) => runKernel('CrossEntropy', { logits: x, targets }));
  }
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1)));
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

/** Mean squared difference of the logits (Ba & Caruana, 2014). Both [n, c] -> scalar. */
export function logitRegression(student: Tensor2D, teacher: Tensor2D): Scalar {
  return tf.mean(tf.squaredDifference(student, teacher));
}
