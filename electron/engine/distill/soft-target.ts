import type { TermOf } from '../../contract/methods.ts';
import { softTargets } from '../backend/ops/losses.ts';
import { type DistillationTerm, logitsTerm } from './term.ts';

/**
 * T^2 * KL(softmax(teacher / T) || softmax(student / T)). T^2 keeps the gradients' size when T changes.
 * Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015 (arXiv 1503.02531), section 2.
 */
export const softTarget = ({ temperature }: Pick<TermOf<'soft-target'>, 'temperature'>): DistillationTerm =>
  logitsTerm((student, teacher) => softTargets(student.logits, teacher.logits, temperature), temperature);
