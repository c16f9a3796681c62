import type { Role, RunResult } from '../../../electron/contract/result.ts';
import {
  formatBytes,
  formatCompact,
  formatDuration,
  formatFigure,
  formatMilliseconds,
  formatPercent,
} from '../../format.ts';

export interface ScoreRow {
  label: string;
  /** One a run; null where there is none. */
  values: (number | null)[];
  format: (value: number | null) => string;
  /** Index of the best; null where it cannot be told, or all are alike. */
  best: number | null;
}

type ModelOf = NonNullable<RunResult['models'][Role]>;
const kinds: {
  label: string;
  of: (model: ModelOf) => number | null;
  format: ScoreRow['format'];
  /** Which way is better. */
  sign: 1 | -1;
}[] = [
  { label: 'Accuracy', of: ({ test }) => test.accuracy, format: (v) => formatPercent(v), sign: 1 },
  { label: 'Top-5 accuracy', of: ({ test }) => test.top5, format: (v) => formatPercent(v), sign: 1 },
  { label: 'F1, weighted', of: ({ test }) => test.f1Weighted, format: (v) => formatPercent(v), sign: 1 },
  { label: 'F1, macro', of: ({ test }) => test.f1Macro, format: (v) => formatPercent(v), sign: 1 },
  { label: 'Log loss', of: ({ test }) => test.logLoss, format: (v) => formatFigure(v), sign: -1 },
  { label: 'Calibration error', of: ({ test }) => test.ece, format: (v) => formatPercent(v), sign: -1 },
  {
    label: 'Accuracy on unseen classes',
    of: ({ unseen }) => unseen?.accuracy ?? null,
    format: (v) => formatPercent(v),
    sign: 1,
  },
  {
    label: 'Parameters',
    of: ({ parameters }) => parameters,
    format: (v) => (v === null ? formatFigure(v) : formatCompact(v)),
    sign: -1,
  },
  { label: 'Weights', of: ({ bytes }) => bytes, format: formatBytes, sign: -1 },
  { label: 'Time for one image', of: ({ latencyMs }) => latencyMs, format: formatMilliseconds, sign: -1 },
  { label: 'Training time', of: ({ trainingSeconds }) => trainingSeconds, format: formatDuration, sign: -1 },
];

function bestOf(values: readonly (number | null)[], sign: 1 | -1): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length < 2 || new Set(known).size < 2) return null;
  const best = sign === 1 ? Math.max(...known) : Math.min(...known);
  return values.indexOf(best);
}

/** Test scores and costs of one role, a column for each run; what no run has is left out. */
export function scoreRows(results: readonly (RunResult | null)[], role: Role): ScoreRow[] {
  return kinds
    .map(({ label, of, format, sign }) => {
      const values = results.map((result) => {
        const model = result?.models[role];
        return model ? of(model) : null;
      });
      return { label, values, format, best: bestOf(values, sign) };
    })
    .filter(({ values }) => values.some((value) => value !== null));
}
