import type { LossWeight } from '../../contract/loss-weight.ts';

/**
 * The weight in an epoch (1-based) of a training of `total` epochs. A schedule has `from` in the first epoch and reaches `to` in
 * epoch number `epochs`, or in the last one: linearly, or along half a cosine.
 */
export function weightAt(weight: LossWeight, epoch: number, total: number): number {
  if (typeof weight === 'number') return weight;
  const { schedule, from, to, epochs } = weight;
  const steps = Math.max(1, (epochs ?? total) - 1);
  const progress = Math.min(1, (epoch - 1) / steps);
  const share = schedule === 'linear' ? progress : (1 - Math.cos(Math.PI * progress)) / 2;
  return from + (to - from) * share;
}
