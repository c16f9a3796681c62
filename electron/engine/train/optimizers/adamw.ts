import type { OptimizerOf } from '../../../contract/optimizers.ts';
import { adamScalars, adamUpdates } from '../../backend/ops/adam.ts';
import type { UpdateRule } from './rule.ts';

/** AdamW as fastai and torch.optim.AdamW have it, which is the same; beta1 is the momentum. */
export const adamw = ({ beta2, epsilon }: OptimizerOf<'adamw'>): UpdateRule => ({
  moments: ['m', 'v'],
  scalars: ({ momentum, ...hyper }) => adamScalars({ ...hyper, beta1: momentum, beta2, epsilon }),
  apply: (updates) => {
    adamUpdates(updates.map(({ moments: [m, v], ...update }) => ({ ...update, m: m!, v: v! })));
  },
});
