import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { StagePair } from '../../contract/methods/stages.ts';
import type { ModelOutputs } from '../models/model.ts';
import { logitsOnly } from '../models/model-outputs.ts';
import { onStagePairs } from './stage-pairs.ts';
import type { DistillationTerm, Needs, Stages, TermContext } from './term.ts';

export const onPenultimate: Needs = { ...logitsOnly, penultimate: true, logits: false };

/** [n, units]. Throws DistillError INTERNAL where the pass was not asked for it. */
export function penultimateOf({ penultimate }: ModelOutputs): Tensor2D {
  if (!penultimate) throw new DistillError('INTERNAL', 'The penultimate vector is missing.');
  return penultimate;
}

/** Throws DistillError RECIPE_INVALID for a network of which only its outputs and the tensors that are named for stages are read. */
export function requirePenultimate(model: Stages): void {
  if ('channels' in model)
    throw new DistillError(
      'RECIPE_INVALID',
      'The teacher is an ONNX file, of which the penultimate vector is not read.',
      'Name stages in the term, or choose a term that compares logits.',
    );
}

/** A stage's output, all places and channels of an image in one row. */
const rowsOf = (feature: Tensor4D): Tensor2D =>
  tf.reshape(feature, [feature.shape[0], feature.size / feature.shape[0]]);

/**
 * A term that compares how the images of a batch lie to each other, so that both networks may have vectors of any length: the sum
 * over pairs of stages, or of the penultimate vectors where there are none. `loss`: of vectors [n, m] of the student and [n, k] of the
 * teacher.
 */
export function onVectors(
  stages: readonly StagePair[],
  context: TermContext,
  loss: (student: Tensor2D, teacher: Tensor2D) => Scalar,
): DistillationTerm {
  if (stages.length === 0) {
    requirePenultimate(context.teacher);
    return {
      needs: { student: onPenultimate, teacher: onPenultimate },
      parameters: [],
      loss: (student, teacher) => loss(penultimateOf(student), penultimateOf(teacher)),
    };
  }
  return onStagePairs(stages, context, (student, teacher) => loss(rowsOf(student), rowsOf(teacher)));
}
