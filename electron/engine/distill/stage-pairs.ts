import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import type { StagePair } from '../../contract/methods/stages.ts';
import { channelsOfStage } from './stage-channels.ts';
import { type DistillationTerm, featureOf, onStages, type TermContext } from './term.ts';

/**
 * A term without parameters: the sum of `loss` over pairs of stages, each of the student's map [n, h, w, c] and the teacher's. Throws
 * DistillError RECIPE_INVALID for a stage that a network does not have.
 */
export function onStagePairs(
  stages: readonly StagePair[],
  context: TermContext,
  loss: (student: Tensor4D, teacher: Tensor4D) => Scalar,
): DistillationTerm {
  for (const pair of stages) {
    channelsOfStage(context.student, pair.student);
    channelsOfStage(context.teacher, pair.teacher);
  }
  return {
    needs: {
      student: onStages(stages.map(({ student }) => student)),
      teacher: onStages(stages.map(({ teacher }) => teacher)),
    },
    parameters: [],
    loss: (student, teacher) =>
      stages
        .map((pair) => loss(featureOf(student, pair.student), featureOf(teacher, pair.teacher)))
        .reduce((sum, one) => tf.add<Scalar>(sum, one)),
  };
}
