import type { Predictions } from './predictions.ts';

/** Steps of an int8 network's probabilities: 1/256, as TensorFlow Lite's softmax has them. */
const steps = 256;

const isInSteps = (probabilities: Float32Array): boolean =>
  probabilities.every((p) => Number.isInteger(p * steps));

/**
 * The predictions as their log loss can be taken: probabilities that come in steps of 1/256 and were rounded to 0 count as half a
 * step, below which they lay. `note`: a sentence about that; null where the probabilities are not quantised.
 */
export function clippedForLoss(predictions: Predictions): { predictions: Predictions; note: string | null } {
  if (predictions.n === 0 || !isInSteps(predictions.probabilities)) return { predictions, note: null };
  const probabilities = predictions.probabilities.map((p) => (p === 0 ? 0.5 / steps : p));
  return {
    predictions: { ...predictions, probabilities },
    note: 'Its probabilities come in steps of 1/256: for the log loss 0 counts as 1/512.',
  };
}
