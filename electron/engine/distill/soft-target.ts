import type { TermOf } from '../../contract/methods.ts';
import { softTargets } from '../backend/ops/losses.ts';
import { standardising } from './standardised.ts';
import { type DistillationTerm, logitsTerm } from './term.ts';

/**
 * T^2 * KL(softmax(teacher / T) || softmax(student / T)). T^2 keeps the gradients' size when T changes.
 * Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015 (arXiv 1503.02531), section 2.
 */
export const softTarget = ({
  temperature,
  standardise,
}: Omit<TermOf<'soft-target'>, 'method' | 'weight'>): DistillationTerm => {
  const logitsOf = standardising(standardise);
  return logitsTerm(
    (student, teacher) => softTargets(logitsOf(student.logits), logitsOf(teacher.logits), temperature),
    temperature,
  );
};
