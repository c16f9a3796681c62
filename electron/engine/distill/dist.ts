import type { TermOf } from '../../contract/methods.ts';
import { correlationLoss } from '../backend/ops/correlations.ts';
import { type DistillationTerm, logitsTerm } from './term.ts';

/**
 * T^2 * (beta * (1 - mean over the images of the correlation of their probabilities) + gamma * (1 - mean over the classes of the
 * correlation of theirs over the batch)), Pearson's, of softmax(logits / T); `between` is beta, `within` gamma.
 * Huang et al., "Knowledge Distillation from A Stronger Teacher", 2022 (arXiv 2205.10536), equations 7 to 10.
 * image_classification_sota's defaults for ImageNet: beta 1, gamma 1, T 1, weight 1 beside the labels' 1.
 */
export const dist = ({
  temperature,
  between,
  within,
}: Omit<TermOf<'dist'>, 'method' | 'weight'>): DistillationTerm =>
  logitsTerm(
    (student, teacher, _labels, covered) =>
      correlationLoss(
        student.logits,
        teacher.logits,
        { temperature, rows: between, columns: within },
        covered?.counting,
      ),
    temperature,
  );
