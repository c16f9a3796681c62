import type { Axis, Sweep } from './sweep.ts';

/** Values that an axis tries; null: they are drawn from a range. */
const valueCount = (axis: Axis): number | null =>
  'values' in axis ? axis.values.length : 'patches' in axis ? Object.keys(axis.patches).length : null;

/** How many settings a sweep has. */
export function settingCount({ axes, draw }: Pick<Sweep, 'axes' | 'draw'>): number {
  const counts = axes.map(valueCount);
  const grid = counts.reduce<number>((product, count) => product * (count ?? Infinity), 1);
  return Math.min(grid, draw?.count ?? Infinity);
}

/** How many runs a sweep has: each setting with each seed, as far as its budget goes. */
export const memberCount = (sweep: Pick<Sweep, 'axes' | 'draw' | 'seeds' | 'budget'>): number =>
  Math.min(settingCount(sweep) * sweep.seeds.length, sweep.budget.runs ?? Infinity);
