import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TermOf } from '../../contract/methods.ts';
import { meanOfSquares, meanSquaredDifference, normaliseRows } from '../backend/ops/losses.ts';
import { toCommonSize } from './common-size.ts';
import { channelsOfStage } from './stage-channels.ts';
import { type DistillationTerm, featureOf, onStages, type TermContext } from './term.ts';

/** [n, h, w, c] -> [n, h * w]: the mean over the channels of the squares, each image's map of length 1. */
function attentionMap(feature: Tensor4D): Tensor2D {
  const [n, h, w] = feature.shape;
  return normaliseRows(tf.reshape(meanOfSquares(feature), [n, h * w]));
}

/**
 * The sum over pairs of stages of mean((Q(student) - Q(teacher))^2), where Q is a map's mean over the channels of squares,
 * divided by its L2 norm. Maps of different sizes are averaged down to the smaller first (common-size.ts).
 * Zagoruyko & Komodakis, "Paying More Attention to Attention", 2017 (arXiv 1612.03928), equation 2, as their program has it
 * (github.com/szagoruyko/attention-transfer, utils.py); there the weight is 1000 beside the labels' 1.
 */
export function attention(
  { stages }: Pick<TermOf<'attention'>, 'stages'>,
  context: TermContext,
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
    loss(student, teacher) {
      const losses = stages.map((pair) => {
        const [own, other] = toCommonSize(featureOf(student, pair.student), featureOf(teacher, pair.teacher));
        return meanSquaredDifference(attentionMap(own), attentionMap(other));
      });
      return losses.reduce((sum, loss) => tf.add<Scalar>(sum, loss));
    },
  };
}
