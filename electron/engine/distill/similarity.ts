import type { TermOf } from '../../contract/methods.ts';
import { meanSquaredDifference, normaliseRows } from '../backend/ops/losses.ts';
import { gram } from '../backend/ops/relations.ts';
import type { DistillationTerm, TermContext } from './term.ts';
import { onVectors } from './vectors.ts';

/**
 * The squared Frobenius norm of G(student) - G(teacher) over n^2, where G [n, n] are the dot products of the features of a batch's n
 * images, each row divided by its L2 norm; the sum over pairs of stages.
 * Tung & Mori, "Similarity-Preserving Knowledge Distillation", 2019 (arXiv 1907.09682), equation 4. RepDistiller (distiller_zoo/SP.py)
 * compares the last stages, with the weight 3000 beside the labels' 1.
 */
export const similarity = (
  { stages }: Pick<TermOf<'similarity'>, 'stages'>,
  context: TermContext,
): DistillationTerm =>
  onVectors(stages, context, (student, teacher) =>
    meanSquaredDifference(normaliseRows(gram(student)), normaliseRows(gram(teacher))),
  );
