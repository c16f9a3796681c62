import type { TermOf } from '../../contract/methods.ts';
import { decoupledTargets } from '../backend/ops/target-losses.ts';
import { standardising } from './standardised.ts';
import { targetClasses } from './target-classes.ts';
import { type DistillationTerm, logitsTerm } from './term.ts';

/**
 * T^2 * (alpha * TCKD + beta * NCKD): KL of the binary probabilities (target, all others), and KL of the distributions among the other
 * classes, with the teacher's first; `target` is alpha, `others` beta. The target is the label, and for images without one the teacher's
 * most probable class, which the paper does not have.
 * Zhao et al., "Decoupled Knowledge Distillation", 2022 (arXiv 2203.08679), equation 7. mdistiller's defaults for CIFAR-100: alpha 1,
 * beta 8, T 4, weight 1 beside the labels' 1, after a warm-up of 20 of 240 epochs.
 */
export const dkd = ({
  temperature,
  target,
  others,
  standardise,
}: Omit<TermOf<'dkd'>, 'method' | 'weight'>): DistillationTerm => {
  const logitsOf = standardising(standardise);
  return logitsTerm(
    (student, teacher, labels, covered) =>
      decoupledTargets(
        logitsOf(student.logits),
        logitsOf(teacher.logits),
        targetClasses(teacher.logits, labels, covered),
        { temperature, target, others },
      ),
    temperature,
  );
};
