import type { Predictions } from '../evaluate/predictions.ts';

/** By the names of the outputs, as a user of the file has them; by their places where the file has no names, or other ones. */
export function byNames(
  predictions: Predictions,
  names: readonly string[] | null,
  classes: readonly string[],
): Predictions {
  const places = classes.map((name) => names?.indexOf(name) ?? -1);
  if (places.includes(-1)) return predictions;
  const { n, classes: width } = predictions;
  const probabilities = Float32Array.from(
    { length: n * width },
    (_, i) => predictions.probabilities[i - (i % width) + places[i % width]!]!,
  );
  return { ...predictions, probabilities };
}
