import { predictedClasses, type Predictions } from './predictions.ts';

/** One bar of a reliability diagram: the images whose confidence lies in (low, high]. */
export interface CalibrationBin {
  low: number;
  high: number;
  count: number;
  /** Mean confidence and share of right predictions of the bin's images; 0 where it is empty. */
  confidence: number;
  accuracy: number;
}

/** Equal-width bins over the confidence, the probability of the predicted class (Guo et al., 2017, section 2). */
export function calibrationBins(predictions: Predictions, bins = 15): CalibrationBin[] {
  const { classes, n, labels, probabilities } = predictions;
  const counts = new Float64Array(bins);
  const confidences = new Float64Array(bins);
  const hits = new Float64Array(bins);
  const predicted = predictedClasses(predictions);
  for (let i = 0; i < n; i++) {
    const confidence = probabilities[i * classes + predicted[i]!]!;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    counts[bin]!++;
    confidences[bin]! += confidence;
    if (predicted[i] === labels[i]) hits[bin]!++;
  }
  return Array.from(counts, (count, bin) => ({
    low: bin / bins,
    high: (bin + 1) / bins,
    count,
    confidence: count === 0 ? 0 : confidences[bin]! / count,
    accuracy: count === 0 ? 0 : hits[bin]! / count,
  }));
}

/** Expected calibration error: the bins' gaps between accuracy and confidence, weighted by their images (Guo et al., 2017, eq. 3). */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  let gaps = 0;
  let images = 0;
  for (const { count, confidence, accuracy } of bins) {
    gaps += count * Math.abs(accuracy - confidence);
    images += count;
  }
  return images === 0 ? 0 : gaps / images;
}
