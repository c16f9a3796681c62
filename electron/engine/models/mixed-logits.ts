import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Averaging } from '../../contract/recipe/averaging.ts';
import { logProbabilities } from '../backend/ops/losses.ts';

/** How the members of an ensemble count. */
export interface Mix {
  average: Averaging;
  /** Of each member; they add up to 1. */
  shares: readonly number[];
}

/**
 * The logits [n, classes] of an ensemble from those of its members. Averaged probabilities are T * log(sum over k of w_k * softmax(t_k / T)),
 * whose softmax at the temperature T is that average: the target of You et al., "Learning from Multiple Teacher Networks", KDD 2017,
 * section 3.2, with weights; Hinton et al., 2015 (arXiv 1503.02531), section 2, name the arithmetic mean of an ensemble's
 * predictions, too. Averaged logits are the sum over k of w_k * t_k, whose softmax is the geometric mean of the members' (at every
 * temperature). The logits of one member alone stay as they are.
 */
export function mixLogits(
  logits: readonly Tensor2D[],
  { average, shares }: Mix,
  temperature: number,
): Tensor2D {
  if (logits.length === 1) return logits[0]!;
  return tf.tidy(() => {
    if (average === 'logits') return tf.addN(logits.map((one, k) => tf.mul<Tensor2D>(one, shares[k]!)));
    const weighted = logits.map((one, k) =>
      tf.add<Tensor2D>(logProbabilities(tf.div<Tensor2D>(one, temperature)), Math.log(shares[k]!)),
    );
    // Relative to the largest of them no sum is 0, whose logarithm would be infinite.
    const most = weighted.reduce((a, b) => tf.maximum(a, b));
    const sum = tf.addN(weighted.map((one) => tf.exp<Tensor2D>(tf.sub(one, most))));
    return tf.mul<Tensor2D>(tf.add(tf.log(sum), most), temperature);
  });
}
