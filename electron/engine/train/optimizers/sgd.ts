import type { OptimizerOf } from '../../../contract/optimizers.ts';
import { sgdScalars, sgdUpdates } from '../../backend/ops/sgd.ts';
import type { UpdateRule } from './rule.ts';

/** torch.optim.SGD without dampening. */
export const sgd = ({ nesterov }: OptimizerOf<'sgd'>): UpdateRule => ({
  moments: ['momentum'],
  scalars: sgdScalars,
  apply: (updates) => {
    const tensors = updates.map(({ moments: [momentum], ...update }) => ({ ...update, momentum: momentum! }));
    sgdUpdates(tensors, nesterov);
  },
});
