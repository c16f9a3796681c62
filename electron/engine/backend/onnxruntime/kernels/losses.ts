import type { NativeKernel } from '../kernel.ts';
import { plainValue, type Value } from '../layout.ts';

/** Losses over [n, c] logits, averaged over n, that give their value and their gradient by the logits at once. */

/** -mean sum targets * log softmax(logits); gradient (softmax * sum(targets) - targets) / n, targets summing to 1. */
export const crossEntropy: NativeKernel = {
  name: 'CrossEntropy',
  inputs: ['logits', 'targets'],
  outputs: ([logits]) => [
    { shape: [], dtype: 'float32' },
    { shape: logits!.shape, dtype: 'float32' },
  ],
  emit: (e, inputs) => {
    const [logits, targets] = inputs as [Value, Value];
    const n = logits.shape[0]!;
    const log = e.op('LogSoftmax', [e.plain(logits)], { axis: 1 });
    const sum = e.op('ReduceSum', [e.op('Mul', [log, e.plain(targets)]), e.ints(0, 1)], { keepdims: 0 });
    const difference = e.op('Sub', [e.op('Exp', [log]), e.plain(targets)]);
    return [
      plainValue([], e.op('Mul', [sum, e.scalar(-1 / n)])),
      plainValue(logits.shape, e.op('Mul', [difference, e.scalar(1 / n)])),
    ];
  },
};

/** T^2 * KL(softmax(teacher/T) || softmax(student/T)); gradient T * (softmax(student/T) - softmax(teacher/T)) / n. */
export const softTargets: NativeKernel = {
  name: 'SoftTargets',
  inputs: ['student', 'teacher'],
  outputs: ([student]) => [
    { shape: [], dtype: 'float32' },
    { shape: student!.shape, dtype: 'float32' },
  ],
  emit: (e, inputs, attributes) => {
    const [student, teacher] = inputs as [Value, Value];
    const temperature = attributes['temperature'] as number;
    const n = student.shape[0]!;
    const logSoftmax = (value: Value) =>
      e.op('LogSoftmax', [e.op('Mul', [e.plain(value), e.scalar(1 / temperature)])], { axis: 1 });
    const [logStudent, logTeacher] = [logSoftmax(student), logSoftmax(teacher)];
    const target = e.op('Exp', [logTeacher]);
    const terms = e.op('Mul', [target, e.op('Sub', [logTeacher, logStudent])]);
    const sum = e.op('ReduceSum', [terms, e.ints(0, 1)], { keepdims: 0 });
    const difference = e.op('Sub', [e.op('Exp', [logStudent]), target]);
    return [
      plainValue([], e.op('Mul', [sum, e.scalar(temperature ** 2 / n)])),
      plainValue(student.shape, e.op('Mul', [difference, e.scalar(temperature / n)])),
    ];
  },
};
