import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { TermOf } from '../../contract/methods.ts';
import { meanSmoothL1, pairDistances, tripleCosines } from '../backend/ops/relations.ts';
import type { DistillationTerm, TermContext } from './term.ts';
import { onVectors } from './vectors.ts';

/** So that distances that are all 0 stay 0: far below any other mean. */
const smallestMean = 1e-12;

/** Distances over their mean over all pairs of two images. */
function relativeDistances(x: Tensor2D): Tensor2D {
  const [n] = x.shape;
  const distances = pairDistances(x);
  const mean = tf.mul(tf.sum(distances), 1 / Math.max(1, n * (n - 1)));
  return tf.div(distances, tf.add(mean, smallestMean));
}

/**
 * distance * SmoothL1 of the distances of all pairs, each over the batch's mean, + angle * SmoothL1 of the cosines of all triples;
 * means over n^2 and n^3 entries; the sum over pairs of stages. Coinciding images have neither a distance nor an angle, and no
 * gradient, which would be infinite (ops/relations.ts).
 * Park et al., "Relational Knowledge Distillation", 2019 (arXiv 1904.05068), equations 5 to 9. RepDistiller (distiller_zoo/RKD.py) and
 * the authors compare the penultimate vectors, with the weights 25 and 50 beside the labels' 1.
 */
export const rkd = (
  { stages, distance, angle }: Pick<TermOf<'rkd'>, 'stages' | 'distance' | 'angle'>,
  context: TermContext,
): DistillationTerm =>
  onVectors(stages, context, (student, teacher) => {
    const parts: Scalar[] = [];
    if (distance > 0 || angle === 0)
      parts.push(tf.mul(meanSmoothL1(relativeDistances(student), relativeDistances(teacher)), distance));
    if (angle > 0) parts.push(tf.mul(meanSmoothL1(tripleCosines(student), tripleCosines(teacher)), angle));
    return parts.reduce((sum, part) => tf.add<Scalar>(sum, part));
  });
