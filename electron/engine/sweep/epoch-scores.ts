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

/** The student's scores of the held-out images after each of its epochs, where more is better; what is no number is the worst. */
export async function epochScores(run: RunFolder, score: SweepScore): Promise<Map<number, number>> {
  const scores = new Map<number, number>();
  for await (const line of run.metricsLines()) {
    if (line.type !== 'epoch' || line.role !== 'student' || line.validation === null) continue;
    const figure = line.validation[figures[score]];
    const isKnown = Number.isFinite(figure);
    scores.set(line.epoch, isKnown ? (isLoss(score) ? -figure : figure) : -Infinity);
  }
  return scores;
}
