import { DistillError } from '../../contract/errors.ts';

/** A model's predictions for `n` labelled images. Row i of every array is the same image. */
export interface Predictions {
  /** Size of the vocabulary. */
  classes: number;
  n: number;
  /** True classes, [n]. */
  labels: Int32Array;
  /** Row-major, [n, classes]; each row sums to 1. */
  probabilities: Float32Array;
  /** The classes that the model knows, ascending, where it does not know all: it is scored on their images alone. */
  covers?: readonly number[];
}

/** Class and probability, as in `Mistake.top5`. */
export interface RankedClass {
  id: number;
  probability: number;
}

/** Softmax of each row of logits [n, classes], in float64 after subtracting the row's maximum, so it cannot overflow. */
export function softmax(logits: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(logits.length);
  const exponentials = new Float64Array(classes);
  for (let row = 0; row < logits.length; row += classes) {
    let max = -Infinity;
    for (let c = 0; c < classes; c++) max = Math.max(max, logits[row + c]!);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += exponentials[c] = Math.exp(logits[row + c]! - max);
    for (let c = 0; c < classes; c++) probabilities[row + c] = exponentials[c]! / sum;
  }
  return probabilities;
}

/** The most probable class of each image, [n]; of equal ones the lowest id, as argmax in NumPy and PyTorch. */
export function predictedClasses({ classes, n, probabilities }: Predictions): Int32Array {
  const result = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const row = i * classes;
    let best = 0;
    for (let c = 1; c < classes; c++) if (probabilities[row + c]! > probabilities[row + best]!) best = c;
    result[i] = best;
  }
  return result;
}

/** The `k` most probable classes of one image, best first; of equal ones the lower id first. Fewer where there are fewer classes. */
export function ranked({ classes, probabilities }: Predictions, image: number, k: number): RankedClass[] {
  const row = Array.from(probabilities.subarray(image * classes, (image + 1) * classes));
  return row
    .map((probability, id) => ({ id, probability }))
    .sort((a, b) => b.probability - a.probability || a.id - b.id)
    .slice(0, k);
}

/** Whether the model can be scored on images of this class. */
export const knows = ({ covers }: Pick<Predictions, 'covers'>, label: number): boolean =>
  covers?.includes(label) ?? true;

/** The rows of the images that the model is scored on. */
export const knownRows = (predictions: Predictions): number[] =>
  [...predictions.labels.keys()].filter((row) => knows(predictions, predictions.labels[row]!));

/** The predictions for the images that the model is scored on. */
export const ofKnown = (predictions: Predictions): Predictions =>
  predictions.covers ? select(predictions, knownRows(predictions)) : predictions;

/** The predictions of some images only, in the given order; the probabilities stay those over the whole vocabulary. */
export function select(predictions: Predictions, images: ArrayLike<number>): Predictions {
  const { classes } = predictions;
  const labels = new Int32Array(images.length);
  const probabilities = new Float32Array(images.length * classes);
  for (let i = 0; i < images.length; i++) {
    const image = images[i]!;
    labels[i] = predictions.labels[image]!;
    probabilities.set(
      predictions.probabilities.subarray(image * classes, (image + 1) * classes),
      i * classes,
    );
  }
  return { ...predictions, n: images.length, labels, probabilities };
}

/** Two backends round differently; other weights differ by far more. */
const rounding = 1e-3;

/** Whether two models' predictions for the same images are those of one model. */
export function samePredictions(one: Predictions, other: Predictions): boolean {
  return (
    one.n === other.n &&
    one.classes === other.classes &&
    one.labels.every((label, i) => label === other.labels[i]) &&
    one.probabilities.every((p, i) => Math.abs(p - other.probabilities[i]!) <= rounding)
  );
}

/** Throws INVALID_INPUT for a label that is no class of a vocabulary of this size. */
export function checkLabels(labels: Int32Array, classes: number): void {
  const stranger = labels.find((label) => label < 0 || label >= classes);
  if (stranger === undefined) return;
  throw new DistillError(
    'INVALID_INPUT',
    `An image has the label ${stranger}, but the model has only the classes 0 to ${classes - 1}.`,
    'Evaluate a model on a dataset with the classes that it was trained for.',
  );
}
