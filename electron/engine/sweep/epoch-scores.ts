import type { EpochScores } from '../../contract/metrics.ts';
import { isLoss, type SweepScore } from '../../contract/sweep/sweep.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';

/** Where the metrics of an epoch have a score. Its cross-entropy is that of smoothed labels where the recipe smooths them. */
const figures = {
  accuracy: 'accuracy',
  f1Macro: 'f1Macro',
  f1Weighted: 'f1Weighted',
  logLoss: 'labelLoss',
} as const satisfies Record<SweepScore, keyof EpochScores>;

/** How far a run's student has come, by its journal. */
export interface StudentEpochs {
  /** Of the held-out images after each epoch (1-based), where more is better; what is no number is the worst. */
  scores: ReadonlyMap<number, number>;
  /** The last epoch of which it has trained a step; 0: none. */
  lastBegun: number;
}

/** Throws RUN_CORRUPT. */
export async function studentEpochs(run: RunFolder, score: SweepScore): Promise<StudentEpochs> {
  const scores = new Map<number, number>();
  let lastBegun = 0;
  for await (const line of run.metricsLines()) {
    if (line.role !== 'student') continue;
    lastBegun = Math.max(lastBegun, line.epoch);
    if (line.type !== 'epoch' || line.validation === null) continue;
    const figure = line.validation[figures[score]];
    const isKnown = Number.isFinite(figure);
    scores.set(line.epoch, isKnown ? (isLoss(score) ? -figure : figure) : -Infinity);
  }
  return { scores, lastBegun };
}
