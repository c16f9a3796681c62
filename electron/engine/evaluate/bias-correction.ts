import type { Predictions } from './predictions.ts';

/** Probabilities of n images, row-major [n, classes]. */
export type Probabilities = Pick<Predictions, 'classes' | 'n' | 'probabilities'>;

/** Smaller probabilities are none in float32, but their logarithms are wanted. */
const smallest = 2 ** -126;
/** A class that is expected nowhere would need a bias of minus infinity. */
const smallestShare = 1e-6;
/** Of the share of a class. */
const tolerance = 1e-5;
const mostRounds = 500;

/** Mean probability of each class, [classes], float64. NaN without images. */
export function meanProbabilities({ classes, n, probabilities }: Probabilities): Float64Array {
  const means = new Float64Array(classes);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < classes; c++) means[c]! += probabilities[i * classes + c]! / n;
  return means;
}

/**
 * Biases [classes] that, added to the logits, make the mean probability of each class over these images its expected share. They
 * minimise the mean of log(sum_c exp(z_c + b_c)) - sum_c share_c * b_c, which is convex, by iterative scaling: b_c grows by
 * log(share_c / mean_c) until all means agree to 1e-5 (Darroch & Ratcliff, "Generalized iterative scaling for log-linear models",
 * 1972). Their mean is 0, since a constant changes nothing. `shares`: relative, at least 0, one more than 0; at least one image.
 */
export function matchingBiases(
  { classes, n, probabilities }: Probabilities,
  shares: ArrayLike<number>,
): number[] {
  const total = Array.from(shares).reduce((sum, share) => sum + share, 0);
  const raised = Array.from(shares, (share) => Math.max(share / total, smallestShare));
  const sum = raised.reduce((whole, share) => whole + share, 0);
  // exp(b): a product for each probability, where exp would take ten times as long.
  const factors = new Float64Array(classes).fill(1);
  const means = new Float64Array(classes);
  for (let round = 0; round < mostRounds; round++) {
    means.fill(0);
    for (let row = 0; row < n * classes; row += classes) {
      let mass = 0;
      for (let c = 0; c < classes; c++) mass += Math.max(probabilities[row + c]!, smallest) * factors[c]!;
      const part = 1 / (mass * n);
      for (let c = 0; c < classes; c++)
        means[c]! += Math.max(probabilities[row + c]!, smallest) * factors[c]! * part;
    }
    let largest = 0;
    for (let c = 0; c < classes; c++) {
      const share = raised[c]! / sum;
      largest = Math.max(largest, Math.abs(means[c]! - share));
      factors[c]! *= share / means[c]!;
    }
    if (largest <= tolerance) break;
  }
  const biases = Array.from(factors, Math.log);
  const mean = biases.reduce((whole, bias) => whole + bias, 0) / classes;
  return biases.map((bias) => bias - mean);
}

/** The same predictions, with these biases added to the logits. */
export function withBiases<P extends Probabilities>(predictions: P, biases: readonly number[]): P {
  const { classes, n, probabilities } = predictions;
  const result = new Float32Array(probabilities.length);
  const factors = biases.map(Math.exp);
  for (let row = 0; row < n * classes; row += classes) {
    let mass = 0;
    for (let c = 0; c < classes; c++) mass += Math.max(probabilities[row + c]!, smallest) * factors[c]!;
    for (let c = 0; c < classes; c++)
      result[row + c] = (Math.max(probabilities[row + c]!, smallest) * factors[c]!) / mass;
  }
  return { ...predictions, probabilities: result };
}
