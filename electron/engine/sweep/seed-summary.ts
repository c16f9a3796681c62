import type { SeedSummary } from '../../contract/sweep/sweep-table.ts';
import { quantile } from '../numbers/quantile.ts';
import { random } from '../numbers/random.ts';

const resamples = 2000;

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Mean, sample standard deviation and the percentile bootstrap's 95 % interval of the mean (Efron, 1979), of one value for each
 * seed; null without any. With few seeds the interval is too narrow: n values cannot show more than their own spread.
 */
export function summariseSeeds(values: readonly number[]): SeedSummary | null {
  const n = values.length;
  if (n === 0) return null;
  const centre = mean(values);
  if (n === 1) return { seeds: 1, mean: centre, deviation: null, interval: null };
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const draw = random(1, 'bootstrap');
  const means = Array.from({ length: resamples }, () => mean(values.map(() => values[draw.integer(n)]!)));
  return {
    seeds: n,
    mean: centre,
    deviation: Math.sqrt(squares / (n - 1)),
    interval: [quantile(means, 0.025), quantile(means, 0.975)],
  };
}
