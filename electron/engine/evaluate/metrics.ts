import { DistillError } from '../../contract/errors.ts';
import type { Scores } from '../../contract/result.ts';
import { calibrationBins, expectedCalibrationError } from './calibration.ts';
import { accuracy, averageF1, confusionMatrix } from './confusion.ts';
import { checkLabels, ofKnown, select, type Predictions } from './predictions.ts';

/** Machine epsilon of float32, scikit-learn's limit for probabilities of that type. */
const epsilon = 2 ** -23;

/**
 * Share of images whose true class is among the `k` most probable. Of equally probable classes the lower id comes first,
 * as in the predicted classes, so that top-1 is the accuracy.
 */
export function topK({ classes, n, labels, probabilities }: Predictions, k: number): number {
  let hits = 0;
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    const own = probabilities[i * classes + label]!;
    let before = 0;
    for (let c = 0; c < classes; c++) {
      const other = probabilities[i * classes + c]!;
      if (other > own || (other === own && c < label)) before++;
    }
    if (before < k) hits++;
  }
  return n === 0 ? 0 : hits / n;
}

/** Mean -ln(p of the true class), p clipped to [eps, 1 - eps] with float32's eps as scikit-learn's log_loss does. */
export function logLoss({ classes, n, labels, probabilities }: Predictions): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const probability = probabilities[i * classes + labels[i]!]!;
    sum -= Math.log(Math.min(1 - epsilon, Math.max(epsilon, probability)));
  }
  return n === 0 ? 0 : sum / n;
}

/**
 * Every score of a model over all images, or over some rows only (see masks.ts). A subset is scored as scikit-learn scores
 * `y_true[rows], y_pred[rows]`: any class of the vocabulary may still be predicted, and a prediction outside the subset's classes
 * is a class of its own in the macro F1. A model that does not know all classes is scored on the images of those that it knows.
 * @throws DistillError INVALID_INPUT without images, or for a label outside the vocabulary.
 */
export function scores(predictions: Predictions, rows?: ArrayLike<number>): Scores {
  const chosen = ofKnown(rows ? select(predictions, rows) : predictions);
  if (chosen.n === 0) {
    throw new DistillError(
      'INVALID_INPUT',
      'There is no image to score: none belongs to the chosen classes.',
      'Choose classes that have images in this part of the dataset.',
    );
  }
  checkLabels(chosen.labels, chosen.classes);
  const confusion = confusionMatrix(chosen);
  const f1 = averageF1(confusion);
  return {
    n: chosen.n,
    accuracy: accuracy(confusion),
    top5: topK(chosen, 5),
    f1Weighted: f1.weighted,
    f1Macro: f1.macro,
    logLoss: logLoss(chosen),
    ece: expectedCalibrationError(calibrationBins(chosen)),
  };
}
