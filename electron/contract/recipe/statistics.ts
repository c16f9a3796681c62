/** What images are normalised by: means and standard deviations of RGB in [0, 1]. */
export interface Statistics {
  mean: [number, number, number];
  std: [number, number, number];
}

export const sameStatistics = (a: Statistics, b: Statistics): boolean =>
  [...a.mean, ...a.std].join() === [...b.mean, ...b.std].join();

export const statisticsWords = ({ mean, std }: Statistics): string =>
  `mean ${mean.join(' ')} and standard deviation ${std.join(' ')}`;

export const imagenetStatistics: Statistics = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
/** Values from -1 to 1. */
export const halfStatistics: Statistics = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
/** Values from 0 to 1, as they are. */
export const unitStatistics: Statistics = { mean: [0, 0, 0], std: [1, 1, 1] };
