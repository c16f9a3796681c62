import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorflowKernel } from '../kernel.ts';
import type { Ops } from '../ops.ts';

/** Losses over [n, c] logits, averaged over n, that give their value and their gradient by the logits at once. */

const sum = (ops: Ops, x: TensorInfo, axes: readonly number[]): Tensor =>
  ops.one('Sum', [x, ops.ints(axes)], { bool: { keep_dims: false } });

/** -mean sum targets * log softmax(logits); the targets sum to 1. */
export const crossEntropy: TensorflowKernel = {
  name: 'CrossEntropy',
  compute: (ops, inputs) => {
    const { logits, targets } = inputs as Record<string, TensorInfo>;
    const share = 1 / logits!.shape[0]!;
    const [losses, gradient] = ops.all('SoftmaxCrossEntropyWithLogits', [logits!, targets!], 2);
    return [ops.mul(sum(ops, losses!, [0]), share), ops.mul(gradient!, share)];
  },
};

/**
 * T^2 * KL(softmax(teacher/T) || softmax(student/T)); gradient T * (softmax(student/T) - softmax(teacher/T)) / n.
 * Not as cross-entropy less the teacher's entropy: at high temperatures their difference has few digits left.
 */
export const softTargets: TensorflowKernel = {
  name: 'SoftTargets',
  compute: (ops, inputs, attributes) => {
    const { student, teacher } = inputs as Record<string, TensorInfo>;
    const temperature = attributes['temperature'] as number;
    const n = student!.shape[0]!;
    const logarithm = (logits: TensorInfo) => ops.one('LogSoftmax', [ops.mul(logits, 1 / temperature)]);
    const [logStudent, logTeacher] = [logarithm(student!), logarithm(teacher!)];
    const target = ops.one('Exp', [logTeacher]);
    const terms = ops.mul(target, ops.one('Sub', [logTeacher, logStudent]));
    const difference = ops.one('Sub', [ops.one('Exp', [logStudent]), target]);
    return [ops.mul(sum(ops, terms, [0, 1]), temperature ** 2 / n), ops.mul(difference, temperature / n)];
  },
};
