import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TermOf } from '../../contract/methods.ts';
import { normaliseRows } from '../backend/ops/losses.ts';
import { gram, meanDivergence, rowShares } from '../backend/ops/relations.ts';
import type { DistillationTerm, TermContext } from './term.ts';
import { onVectors } from './vectors.ts';

/** In the logarithm, as the authors' program has it. */
const epsilon = 1e-7;

/** (1 + cosine) / 2 of all pairs, each row divided by its sum: [n, m] -> [n, n]. */
const neighbours = (x: Tensor2D): Tensor2D => rowShares(tf.mul(tf.add(gram(normaliseRows(x)), 1), 0.5));

/**
 * The mean over the n^2 pairs of a batch's images of p_t * ln(p_t / p_s), where p is the share of a pair's (1 + cosine) / 2 in its
 * row's sum; the sum over pairs of stages.
 * Passalis & Tefas, "Learning Deep Representations with Probabilistic Knowledge Transfer", 2018 (arXiv 1803.10837), cosine kernel, as
 * their program has it (github.com/passalis/probabilistic_kt). RepDistiller (distiller_zoo/PKT.py) compares the penultimate vectors,
 * with the weight 30000 beside the labels' 1.
 */
export const pkt = ({ stages }: Pick<TermOf<'pkt'>, 'stages'>, context: TermContext): DistillationTerm =>
  onVectors(stages, context, (student, teacher) =>
    meanDivergence(neighbours(student), neighbours(teacher), epsilon),
  );
