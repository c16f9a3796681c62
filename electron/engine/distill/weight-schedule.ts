import type { LossWeight, WeightSchedule } from '../../contract/loss-weight.ts';

/**
 * The weight in an epoch (1-based) of a training of `total` epochs. A schedule has `from` in the first epoch and reaches `to` in
 * epoch number `epochs`, or in the last one: linearly, or along half a cosine. Its warm-up multiplies it by min(epoch / warmup, 1), as
 * mdistiller does.
 */
export function weightAt(weight: LossWeight, epoch: number, total: number): number {
  if (typeof weight === 'number') return weight;
  return scheduled(weight, epoch, total) * Math.min(1, epoch / Math.max(1, weight.warmup));
}

function scheduled(weight: WeightSchedule, epoch: number, total: number): number {
  if (weight.schedule === 'constant') return weight.value;
  const { schedule, from, to, epochs } = weight;
  const steps = Math.max(1, (epochs ?? total) - 1);
  const progress = Math.min(1, (epoch - 1) / steps);
  const share = schedule === 'linear' ? progress : (1 - Math.cos(Math.PI * progress)) / 2;
  return from + (to - from) * share;
}
