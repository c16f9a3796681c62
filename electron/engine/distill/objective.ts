import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { DistillationRecipe } from '../../contract/distillation.ts';
import { crossEntropy } from '../backend/ops/losses.ts';
import { distillationMethods } from './methods.ts';
import type { BatchPlace, TeacherSource } from './teacher.ts';

export interface ObjectiveOptions {
  /** null: labels only. */
  distillation: DistillationRecipe | null;
  /** null: labels only, as for a teacher or a baseline. */
  teacher: TeacherSource | null;
  /** In [0, 1). */
  labelSmoothing: number;
}

/** The loss and the terms that it is made of, each averaged over the batch. */
export interface LossTerms {
  /** What is minimised. */
  loss: Scalar;
  /** Cross-entropy, unweighted. */
  labelLoss: Scalar;
  /** The method's loss, unweighted; null without a teacher. */
  distillationLoss: Scalar | null;
}

/** What a network is trained for. */
export interface Objective {
  /** Whether there is a teacher, and so a distillation loss. */
  distils: boolean;
  /** Whether `teacherLogits` is a function of the images alone, so that it may be recorded with the step. */
  teacherIsLive: boolean;
  /** What a live teacher's logits depend on besides the images. */
  teacherVariables: readonly Variable[];
  /** The teacher's logits [n, classes] on the images as it sees them; null without a teacher. Call it outside the tape. */
  teacherLogits(images: Tensor4D, place: BatchPlace): Tensor2D | null;
  /** logits [n, classes], labels int32 [n]. */
  loss(logits: Tensor2D, labels: Tensor1D, teacherLogits: Tensor2D | null): LossTerms;
}

function checkClasses(student: Tensor2D, teacher: Tensor2D): void {
  if (student.shape[1] === teacher.shape[1]) return;
  throw new DistillError(
    'INVALID_INPUT',
    `The teacher has ${teacher.shape[1]} outputs and the student ${student.shape[1]}.`,
    'Use a teacher that was trained on the same list of classes.',
  );
}

/** What is computed so far: one term on logits, at constant weights. Throws INVALID_INPUT for anything else. */
function onlyTerm({ labels, terms }: DistillationRecipe) {
  const [term, ...others] = terms;
  const isOnLogits = term?.method === 'soft-target' || term?.method === 'logits';
  if (
    !isOnLogits ||
    others.length > 0 ||
    typeof term.weight !== 'number' ||
    typeof labels.weight !== 'number'
  )
    throw new DistillError(
      'INVALID_INPUT',
      'This version trains with one distillation term on logits at constant weights.',
      'Keep one term, "soft-target" or "logits", and give plain numbers as weights.',
    );
  return { term, weight: term.weight, labelWeight: labels.weight };
}

/**
 * labels.weight * CE + weight * D of the only term where there is a teacher, else CE alone.
 * @throws DistillError INVALID_INPUT from `loss` if teacher and student differ in their number of classes.
 */
export function createObjective(options: ObjectiveOptions): Objective {
  const { distillation, teacher, labelSmoothing } = options;
  if (!distillation || !teacher) {
    return {
      distils: false,
      teacherIsLive: false,
      teacherVariables: [],
      teacherLogits: () => null,
      loss: (logits, labels) => {
        const labelLoss = crossEntropy(labels, logits, labelSmoothing);
        return { loss: labelLoss, labelLoss, distillationLoss: null };
      },
    };
  }
  const { term, weight, labelWeight } = onlyTerm(distillation);
  const method = distillationMethods[term.method];
  const temperature = 'temperature' in term ? term.temperature : 1;
  return {
    distils: true,
    teacherIsLive: teacher.live,
    teacherVariables: teacher.variables,
    teacherLogits: (images, place) => teacher.outputs(images, place).logits,
    loss: (logits, labels, teacherLogits) => {
      if (!teacherLogits) throw new DistillError('INTERNAL', "The teacher's answers are missing.");
      checkClasses(logits, teacherLogits);
      const labelLoss = crossEntropy(labels, logits, labelSmoothing);
      const distillationLoss = method.loss(logits, teacherLogits, temperature);
      const loss: Scalar = tf.add(tf.mul(labelLoss, labelWeight), tf.mul(distillationLoss, weight));
      return { loss, labelLoss, distillationLoss };
    },
  };
}
