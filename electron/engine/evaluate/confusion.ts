import type { ClassScores } from '../../contract/result.ts';
import { predictedClasses, type Predictions } from './predictions.ts';

/** confusion[true][predicted], counts; square, over the whole vocabulary. */
export function confusionMatrix(predictions: Predictions): number[][] {
  const { classes, n, labels } = predictions;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const predicted = predictedClasses(predictions);
  for (let i = 0; i < n; i++) confusion[labels[i]!]![predicted[i]!]!++;
  return confusion;
}

/** 0 / 0 counts as 0, as scikit-learn's `zero_division=0`. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

interface ClassCounts {
  hits: number;
  /** Images of the class. */
  support: number;
  /** Images predicted as the class. */
  predicted: number;
}

function classCounts(confusion: readonly (readonly number[])[]): ClassCounts[] {
  const counts = confusion.map((row, c) => ({ hits: row[c]!, support: 0, predicted: 0 }));
  confusion.forEach((row, label) => {
    row.forEach((count, predicted) => {
      counts[label]!.support += count;
      counts[predicted]!.predicted += count;
    });
  });
  return counts;
}

/** Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN). */
const f1 = ({ hits, support, predicted }: ClassCounts): number => ratio(2 * hits, support + predicted);

/** Precision, recall, F1 and support of every class of `names`, in order of id; 0 where undefined. */
export function classScores(
  confusion: readonly (readonly number[])[],
  names: readonly string[],
): ClassScores[] {
  return classCounts(confusion).map((counts, id) => ({
    id,
    name: names[id] ?? String(id),
    precision: ratio(counts.hits, counts.predicted),
    recall: ratio(counts.hits, counts.support),
    f1: f1(counts),
    support: counts.support,
  }));
}

/** Share of right predictions; 0 without images. */
export function accuracy(confusion: readonly (readonly number[])[]): number {
  const counts = classCounts(confusion);
  const sum = (key: keyof ClassCounts) => counts.reduce((total, count) => total + count[key], 0);
  return ratio(sum('hits'), sum('support'));
}

/**
 * F1 over classes as scikit-learn's f1_score: 'weighted' by support; 'macro', the plain mean over the classes that occur
 * among the labels or the predictions.
 */
export function averageF1(confusion: readonly (readonly number[])[]): { weighted: number; macro: number } {
  const present = classCounts(confusion).filter(({ support, predicted }) => support + predicted > 0);
  let weighted = 0;
  let macro = 0;
  let images = 0;
  for (const counts of present) {
    weighted += counts.support * f1(counts);
    macro += f1(counts);
    images += counts.support;
  }
  return { weighted: ratio(weighted, images), macro: ratio(macro, present.length) };
}
