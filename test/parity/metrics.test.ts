import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrationBins, expectedCalibrationError } from '../../electron/engine/evaluate/calibration.ts';
import {
  averageF1,
  classScores,
  confusionMatrix,
  accuracy,
} from '../../electron/engine/evaluate/confusion.ts';
import { maskedClasses, maskedRows } from '../../electron/engine/evaluate/masks.ts';
import { logLoss, scores, topK } from '../../electron/engine/evaluate/metrics.ts';
import { predictedClasses, type Predictions } from '../../electron/engine/evaluate/predictions.ts';

interface Reference {
  y_true: number[];
  y_pred: number[];
  probabilities: number[][];
  accuracy: number;
  f1_weighted: number;
  f1_macro: number;
  precision: number[];
  recall: number[];
  confusion: number[][];
  log_loss: number;
  top5: number;
  masked_f1_weighted_classes_0_to_4: number;
}

const file = path.join(process.env.PARITY_DIR ?? '../shared/parity', 'values.json');

describe.skipIf(!existsSync(file))(
  `metrics of scikit-learn (skipped without ${file}; set PARITY_DIR)`,
  () => {
    const read = (): Reference => (JSON.parse(readFileSync(file, 'utf8')) as { metrics: Reference }).metrics;
    const load = (): { reference: Reference; given: Predictions } => {
      const reference = read();
      const { y_true, probabilities } = reference;
      const labels = Int32Array.from(y_true);
      const classes = reference.confusion.length;
      return {
        reference,
        given: { classes, n: labels.length, labels, probabilities: Float32Array.from(probabilities.flat()) },
      };
    };
    const close = (actual: number, expected: number) =>
      expect(Math.abs(actual - expected)).toBeLessThan(1e-6);

    it('answers and confusion', () => {
      const { reference, given } = load();
      expect([...predictedClasses(given)]).toEqual(reference.y_pred);
      expect(confusionMatrix(given)).toEqual(reference.confusion);
      close(accuracy(confusionMatrix(given)), reference.accuracy);
    });

    it('F1, precision and recall', () => {
      const { reference, given } = load();
      const { weighted, macro } = averageF1(reference.confusion);
      close(weighted, reference.f1_weighted);
      close(macro, reference.f1_macro);
      classScores(confusionMatrix(given), []).forEach(({ precision, recall }, c) => {
        close(precision, reference.precision[c]!);
        close(recall, reference.recall[c]!);
      });
    });

    it('log loss and top-5', () => {
      const { reference, given } = load();
      close(logLoss(given), reference.log_loss);
      close(topK(given, 5), reference.top5);
    });

    it('reliability of the confidence', () => {
      const { reference, given } = load();
      // Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2, written again as scikit-learn's calibration_curve has
      // it: 15 bins of equal width, each with its upper edge; empty bins are left out.
      const edges = Array.from({ length: 14 }, (_, i) => (i + 1) / 15);
      const images = reference.probabilities.map((row, i) => {
        const confidence = row.map(Math.fround).reduce((most, value) => Math.max(most, value), 0);
        const bin = edges.filter((edge) => edge < confidence).length;
        return { bin, confidence, hit: Number(reference.y_pred[i] === reference.y_true[i]) };
      });
      const expected = Array.from({ length: 15 }, (_, bin) => images.filter((image) => image.bin === bin))
        .map((members, bin) => {
          const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / members.length;
          const confidence = mean(members.map((image) => image.confidence));
          return { bin, count: members.length, confidence, accuracy: mean(members.map(({ hit }) => hit)) };
        })
        .filter(({ count }) => count > 0);
      expect(expected.length).toBeGreaterThan(1);
      const bins = calibrationBins(given);
      const filled = bins.filter(({ count }) => count > 0);
      expect(filled.map(({ low }) => Math.round(low * 15))).toEqual(expected.map(({ bin }) => bin));
      expect(filled.map(({ count }) => count)).toEqual(expected.map(({ count }) => count));
      filled.forEach(({ confidence, accuracy: share }, i) => {
        close(confidence, expected[i]!.confidence);
        close(share, expected[i]!.accuracy);
      });
      const gaps = expected.map((one) => one.count * Math.abs(one.accuracy - one.confidence));
      close(expectedCalibrationError(bins), gaps.reduce((sum, gap) => sum + gap, 0) / images.length);
    });

    it('all of them together, and F1 over the images of five classes', () => {
      const { reference, given } = load();
      const all = scores(given);
      close(all.accuracy, reference.accuracy);
      close(all.f1Weighted, reference.f1_weighted);
      close(all.f1Macro, reference.f1_macro);
      close(all.logLoss, reference.log_loss);
      close(all.top5, reference.top5);
      const seen = Array<boolean>(given.classes).fill(true);
      const classes = maskedClasses({ classes: [0, 1, 2, 3, 4], invert: false }, seen);
      const masked = scores(given, maskedRows(given.labels, classes));
      close(masked.f1Weighted, reference.masked_f1_weighted_classes_0_to_4);
    });
  },
);
