import type { ImportReport } from '../../../contract/dataset.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { RunResult } from '../../../contract/result.ts';
import { isLoss, type Sweep, type SweepScore } from '../../../contract/sweep/sweep.ts';
import type { SweepStatus } from '../../../contract/sweep/sweep-status.ts';
import type { SettingRow, SweepCost, SweepTable } from '../../../contract/sweep/sweep-table.ts';
import { bytes, decimal, integer, milliseconds, percent, short } from '../../export/report/format.ts';

/** Everything that a sweep's report shows. */
export interface SweepReportData {
  sweep: Sweep;
  status: SweepStatus;
  table: SweepTable;
  /** The best run of the chosen setting; null before one has completed. */
  best: { recipe: Recipe; result: RunResult; importReport: ImportReport | null } | null;
  /** When the last run ended; null before one has. */
  finishedAt: string | null;
  /** What the runs were computed with, each once. */
  backends: readonly string[];
  /** Processor threads of each run, and runs at a time. */
  threads: string;
  /** Of this program. */
  version: string;
}

export const scoreText = (value: number | null, score: SweepScore): string =>
  isLoss(score) ? decimal(value, 4) : percent(value);

const costTexts: Record<SweepCost, (value: number | null) => string> = {
  parameters: integer,
  bytes,
  macs: short,
  latencyMs: milliseconds,
};
export const costText = (value: number | null, cost: SweepCost): string => costTexts[cost](value);

/** ± 0.41: in percentage points of a share. */
export const deviationText = (value: number | null, score: SweepScore): string =>
  value === null ? '' : ` ± ${isLoss(score) ? decimal(value, 4) : decimal(100 * value, 2)}`;

export const intervalText = (interval: [number, number] | null, score: SweepScore): string =>
  interval === null ? '–' : interval.map((end) => scoreText(end, score)).join(' to ');

type Scored = SettingRow & { score: NonNullable<SettingRow['score']> };

/** Settings with a score, the best first. */
export function ranked({ settings, score }: SweepTable): Scored[] {
  const sign = isLoss(score) ? 1 : -1;
  return settings
    .filter((row): row is Scored => row.score !== null)
    .sort((a, b) => sign * (a.score.mean - b.score.mean) || a.setting - b.setting);
}
