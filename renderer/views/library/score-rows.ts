import { largest, smallest } from '../../../electron/contract/extremes.ts';
import { latencyOf, whyAsFast } from '../../../electron/contract/latency.ts';
import type { Role } from '../../../electron/contract/run.ts';
import type { RunResult } from '../../../electron/contract/result.ts';
import { hasTop5 } from '../../../electron/contract/scores.ts';
import {
  formatBytes,
  formatChange,
  formatCompact,
  formatDifference,
  formatDuration,
  formatFigure,
  formatLatency,
  formatMilliseconds,
  formatPercent,
  formatPoints,
} from '../../format.ts';

export interface ScoreRow {
  label: string;
  /** One a run; null where there is none. */
  values: (number | null)[];
  /** The same as people read them. */
  texts: string[];
  /** One a run, to the first run; null for that one itself, where it is the same, and where one of them has none. */
  differences: (string | null)[];
  /** Index of the best; null where it is not known, or all are alike. */
  best: number | null;
}

export interface ComparedModel {
  result: RunResult | null;
  role: Role;
}

type ModelOf = NonNullable<RunResult['models'][Role]>;
interface Kind {
  label: string;
  of: (model: ModelOf, result: RunResult) => number | null;
  format: (value: number | null) => string;
  /** Where more than the value is shown. */
  text?: (model: ModelOf) => string;
  difference: (value: number, first: number) => string;
  /** Which way is better. */
  sign: 1 | -1;
  /** In words, why neither of two is the better, whatever was measured; null where one is. */
  whySame?: (one: ModelOf, other: ModelOf) => string | null;
}

const inPoints: Kind['difference'] = (value, first) => `${formatPoints(value - first)} points`;
const shares = { format: (value: number | null) => formatPercent(value), difference: inPoints };
const kinds: Kind[] = [
  { label: 'Accuracy', of: ({ test }) => test.accuracy, ...shares, sign: 1 },
  {
    label: 'Top-5 accuracy',
    of: ({ test }, { classes }) => (hasTop5(classes.length) ? test.top5 : null),
    ...shares,
    sign: 1,
  },
  { label: 'F1, weighted', of: ({ test }) => test.f1Weighted, ...shares, sign: 1 },
  { label: 'F1, macro', of: ({ test }) => test.f1Macro, ...shares, sign: 1 },
  {
    label: 'Log loss',
    of: ({ test }) => test.logLoss,
    format: (v) => formatFigure(v),
    difference: (v, first) => formatDifference(v - first),
    sign: -1,
  },
  { label: 'Calibration error', of: ({ test }) => test.ece, ...shares, sign: -1 },
  {
    label: 'Accuracy on unseen classes',
    of: ({ unseen }) => unseen?.accuracy ?? null,
    ...shares,
    sign: 1,
  },
  {
    label: 'Parameters',
    of: ({ parameters }) => parameters,
    format: (v) => (v === null ? formatFigure(v) : formatCompact(v)),
    difference: formatChange,
    sign: -1,
  },
  { label: 'Weights', of: ({ bytes }) => bytes, format: formatBytes, difference: formatChange, sign: -1 },
  {
    label: 'Time for one image',
    of: ({ latencyMs }) => latencyMs,
    format: formatMilliseconds,
    text: (model) => formatLatency(latencyOf(model)),
    difference: formatChange,
    sign: -1,
    whySame: whyAsFast,
  },
  {
    label: 'Training time',
    of: ({ trainingSeconds }) => trainingSeconds,
    format: formatDuration,
    difference: formatChange,
    sign: -1,
  },
];

function bestOf(values: readonly (number | null)[], sign: 1 | -1): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length < 2 || new Set(known).size < 2) return null;
  const best = sign === 1 ? largest(known) : smallest(known);
  return values.indexOf(best);
}

function differencesOf(
  values: readonly (number | null)[],
  difference: Kind['difference'],
): ScoreRow['differences'] {
  const [first = null] = values;
  return values.map((value, i) =>
    i === 0 || value === null || first === null || value === first ? null : difference(value, first),
  );
}

/** Test scores and costs of one model of each run, a column for each; what no run has is left out. */
export function scoreRows(models: readonly ComparedModel[]): ScoreRow[] {
  return kinds
    .map(({ label, of, format, text, difference, sign, whySame }) => {
      const known = models.map(({ result, role }) => result?.models[role] ?? null);
      const values = models.map(({ result }, i) => {
        const model = known[i];
        return result && model ? of(model, result) : null;
      });
      const likeness = (i: number, j: number): string | null => {
        const [one, other] = [known[i], known[j]];
        return whySame && one && other ? whySame(one, other) : null;
      };
      const best = bestOf(values, sign);
      return {
        label,
        values,
        texts: values.map((value, i) => (text && value !== null ? text(known[i]!) : format(value))),
        differences: differencesOf(values, difference).map((text, i) =>
          text === null ? null : (likeness(i, 0) ?? text),
        ),
        // None is the best where another does as well, as far as is known.
        best: best !== null && models.some((_, i) => i !== best && likeness(i, best) !== null) ? null : best,
      };
    })
    .filter(({ values }) => values.some((value) => value !== null));
}
