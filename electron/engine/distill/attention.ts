import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TermOf } from '../../contract/methods.ts';
import { meanOfSquares, meanSquaredDifference, normaliseRows } from '../backend/ops/losses.ts';
import { toCommonSize } from './common-size.ts';
import { onStagePairs } from './stage-pairs.ts';
import type { DistillationTerm, TermContext } from './term.ts';

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
export const attention = (
  { stages }: Pick<TermOf<'attention'>, 'stages'>,
  context: TermContext,
): DistillationTerm =>
  onStagePairs(stages, context, (student, teacher) => {
    const [own, other] = toCommonSize(student, teacher);
    return meanSquaredDifference(attentionMap(own), attentionMap(other));
  });
