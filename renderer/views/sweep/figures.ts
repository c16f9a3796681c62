import { isLoss, type SweepScore } from '../../../electron/contract/sweep/sweep.ts';
import type { SeedSummary, SweepCost } from '../../../electron/contract/sweep/sweep-table.ts';
import {
  formatBytes,
  formatCompact,
  formatFigure,
  formatMilliseconds,
  formatPercent,
  noFigure,
} from '../../format.ts';

/** A score as people read it: shares as percentages, losses as they are. */
export const formatScore = (value: number | null, score: SweepScore): string =>
  isLoss(score) ? formatFigure(value, 4) : formatPercent(value);

const costFormats: Record<SweepCost, (value: number) => string> = {
  parameters: formatCompact,
  bytes: formatBytes,
  macs: formatCompact,
  latencyMs: formatMilliseconds,
};
export const formatCost = (value: number | null, cost: SweepCost): string =>
  value === null ? noFigure : costFormats[cost](value);

/** ± 0.41, in percentage points of a share; a dash with one seed. */
export const formatDeviation = ({ deviation }: SeedSummary, score: SweepScore): string =>
  deviation === null ? noFigure : `± ${isLoss(score) ? deviation.toFixed(4) : (100 * deviation).toFixed(2)}`;

/** 91.20 to 93.05 %; a dash with one seed. */
export function formatInterval({ interval }: SeedSummary, score: SweepScore): string {
  if (interval === null) return noFigure;
  const [low, high] = interval.map((end) => formatScore(end, score));
  return `${low!.replace(/ %$/, '')} to ${high!}`;
}
