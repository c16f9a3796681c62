import { logitRegression } from '../backend/ops/losses.ts';
import { type DistillationTerm, logitsTerm } from './term.ts';

/**
 * mean((student - teacher)^2) over the batch and the classes; it has no temperature. Of several teachers whose probabilities are
 * averaged, the logits are the logarithm of that average at temperature 1.
 * Ba & Caruana, "Do Deep Nets Really Need to be Deep?", 2014 (arXiv 1312.6184), section 2.3.
 */
export const logits = (): DistillationTerm =>
  logitsTerm((student, teacher) => logitRegression(student.logits, teacher.logits));
