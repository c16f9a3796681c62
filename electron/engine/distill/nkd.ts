import type { TermOf } from '../../contract/methods.ts';
import { normalisedTargets } from '../backend/ops/target-losses.ts';
import { targetClasses } from './target-classes.ts';
import { type DistillationTerm, logitsTerm } from './term.ts';

/**
 * -t_k * ln(s_k) - gamma * T^2 * sum over the other classes of N(t) * ln(N(s)): k is the target, s and t are the probabilities of student
 * and teacher, N those among the other classes at the temperature T; `others` is gamma. It is a cross-entropy: it does not vanish where
 * both agree. Without a label the target is the teacher's most probable class, which the paper does not have.
 * Yang et al., "From Knowledge Distillation to Self-Knowledge Distillation: A Unified Approach with Normalized Loss and Customized Soft
 * Labels", 2023 (arXiv 2303.13005), equation 8. cls_KD's defaults: gamma 1.5, T 1, weight 1 beside the labels' 1.
 */
export const nkd = ({ temperature, others }: Omit<TermOf<'nkd'>, 'method' | 'weight'>): DistillationTerm =>
  logitsTerm(
    (student, teacher, labels, covered) =>
      normalisedTargets(student.logits, teacher.logits, targetClasses(teacher.logits, labels, covered), {
        temperature,
        others,
      }),
    temperature,
  );
