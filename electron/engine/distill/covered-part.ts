import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { Classifier, ModelOutputs } from '../models/model.ts';
import type { DistillationTerm } from './term.ts';

/** The classes that all teachers know, ascending; null: all classes. Throws DistillError WEIGHTS_MISMATCH where they know different ones. */
export function commonCoverage(teachers: readonly Pick<Classifier, 'covers'>[]): readonly number[] | null {
  const covers = teachers.map((one) => one.covers ?? null);
  const [first = null] = covers;
  if (covers.every((one) => one?.join() === first?.join())) return first;
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    "The teachers know different parts of the dataset's classes, so that their outputs cannot be averaged.",
    'Use teachers that know the same classes.',
  );
}

/** Ones and zeros [classes, covered] that pick the covered columns of [n, classes]. */
function picking(covers: readonly number[], classes: number): Tensor2D {
  const ones = new Float32Array(classes * covers.length);
  for (const [column, id] of covers.entries()) ones[id * covers.length + column] = 1;
  return tf.tensor2d(ones, [classes, covers.length]);
}

/** [n, 1]: 1 for images without labels and for those with the label of a covered class, else 0. */
function countingRows(
  labels: Tensor1D,
  images: number,
  covers: readonly number[],
  classes: number,
): Tensor2D {
  const known = new Float32Array(classes);
  for (const id of covers) known[id] = 1;
  const [labelled] = labels.shape;
  const onehot = tf.oneHot(labels, classes, 1, 0, 'float32');
  const ofLabelled = tf.matMul<Tensor2D>(onehot, tf.tensor2d(known, [classes, 1]));
  return labelled === images ? ofLabelled : tf.concat2d([ofLabelled, tf.ones([images - labelled, 1])], 0);
}

/**
 * A term's loss where the teacher knows some of the classes alone (`covers`, ascending ids; null: all). What compares logits then
 * compares those of these classes, each network's softmax being over them, on images of these classes and on images without labels;
 * the mean is over the images that count, 0 where none does. A row that does not count is 0 on both sides: equal logits have no loss
 * and no gradient. What compares features counts on all images.
 */
export function coveredLoss(
  term: DistillationTerm,
  covers: readonly number[] | null,
  { student, teacher, labels }: { student: ModelOutputs; teacher: ModelOutputs; labels: Tensor1D },
): Scalar {
  if (covers === null || !term.needs.student.logits) return term.loss(student, teacher, labels);
  const [images, classes] = student.logits.shape;
  const { pick, counting, share } = tf.tidy(() => {
    const rows = countingRows(labels, images, covers, classes);
    return {
      pick: picking(covers, classes),
      counting: rows,
      share: tf.div<Scalar>(images, tf.maximum(tf.sum(rows), 1)),
    };
  });
  const part = (outputs: ModelOutputs): ModelOutputs => ({
    ...outputs,
    logits: tf.mul(tf.matMul(outputs.logits, pick), counting),
  });
  return tf.mul(term.loss(part(student), part(teacher), labels, { pick, counting }), share);
}
