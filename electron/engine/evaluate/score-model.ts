import type { ClassScores, Mistake, Scores } from '../../contract/result.ts';
import { classScores, confusionMatrix } from './confusion.ts';
import { maskedRows } from './masks.ts';
import { scores } from './metrics.ts';
import { knows, ofKnown, predictedClasses, ranked, type Predictions } from './predictions.ts';

/** The figures of one model on the test images (and the validation images): its share of RunResult. */
export interface ScoredModel {
  test: Scores;
  /** Null where the test images show classes of one kind only. */
  seen: Scores | null;
  unseen: Scores | null;
  validation: Scores | null;
  perClass: ClassScores[];
  confusion: number[][];
  mistakes: Mistake[];
}

export interface ScoreInput {
  test: Predictions;
  /** The test images' keys, row by row. */
  keys: readonly string[];
  validation: Predictions | null;
  /** The vocabulary in order of id. */
  classes: readonly { name: string; seen: boolean }[];
}

/**
 * Scores one model from its predictions.
 * @throws DistillError INVALID_INPUT without test images, or for a label outside the vocabulary.
 */
export function scoreModel({ test: all, keys, validation, classes }: ScoreInput): ScoredModel {
  const test = ofKnown(all);
  const total = scores(test);
  const confusion = confusionMatrix(test);
  const part = (seen: boolean): Scores | null => {
    const ids = [...classes.keys()].filter((id) => classes[id]!.seen === seen);
    const rows = maskedRows(test.labels, ids);
    return rows.length === 0 || rows.length === test.n ? null : scores(test, rows);
  };
  return {
    test: total,
    seen: part(true),
    unseen: part(false),
    validation: validation && ofKnown(validation).n > 0 ? scores(validation) : null,
    perClass: classScores(
      confusion,
      classes.map(({ name }) => name),
    ),
    confusion,
    mistakes: worstMistakes(all, keys),
  };
}

/** The wrong predictions for classes that the model knows, the most confident first, of equal ones the earlier image; up to `limit`. `keys` names the rows. */
export function worstMistakes(predictions: Predictions, keys: readonly string[], limit = 24): Mistake[] {
  return worstRows(predictions, limit).map((row) => ({
    key: keys[row]!,
    label: predictions.labels[row]!,
    top5: ranked(predictions, row, 5),
  }));
}

/** Their rows. */
export function worstRows(predictions: Predictions, limit: number): number[] {
  const { classes, labels, probabilities } = predictions;
  const predicted = predictedClasses(predictions);
  const confidence = (row: number) => probabilities[row * classes + predicted[row]!]!;
  return [...predicted.keys()]
    .filter((row) => predicted[row] !== labels[row] && knows(predictions, labels[row]!))
    .sort((a, b) => confidence(b) - confidence(a) || a - b)
    .slice(0, limit);
}
