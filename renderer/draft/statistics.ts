import {
  halfStatistics,
  imagenetStatistics,
  sameStatistics,
  type Statistics,
  unitStatistics,
} from '../../electron/contract/recipe/statistics.ts';

export const namedStatistics = { imagenet: imagenetStatistics, half: halfStatistics, unit: unitStatistics };
export type StatisticsName = keyof typeof namedStatistics;

/** What people read for them. */
export const statisticsNames: Record<StatisticsName, string> = {
  imagenet: "Normalised by ImageNet's statistics",
  half: 'From -1 to 1',
  unit: 'From 0 to 1',
};

/** The name of these statistics; null: they have none here. */
export const nameOfStatistics = (statistics: Statistics): StatisticsName | null =>
  (Object.keys(namedStatistics) as StatisticsName[]).find((name) =>
    sameStatistics(namedStatistics[name], statistics),
  ) ?? null;
