import { softTargets } from '../backend/ops/losses.ts';
import type { DistillationMethod } from './method.ts';

/**
 * T^2 * KL(softmax(teacher / T) || softmax(student / T)). T^2 keeps the gradients' size when T changes.
 * Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015 (arXiv 1503.02531), section 2.
 */
export const softTarget: DistillationMethod = {
  name: 'soft-target',
  loss: (student, teacher, temperature) => softTargets(student, teacher, temperature),
};
