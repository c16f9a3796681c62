import { describe, expect, it } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { calibrationBins, expectedCalibrationError } from '../../../electron/engine/evaluate/calibration.ts';
import { averageF1, classScores, confusionMatrix } from '../../../electron/engine/evaluate/confusion.ts';
import { logLoss, scores, topK } from '../../../electron/engine/evaluate/metrics.ts';
import { predictedClasses, ranked, select, softmax } from '../../../electron/engine/evaluate/predictions.ts';
import { certain, predictions } from './fakes.ts';

describe('scores', () => {
  it('are all at their best for a perfect model, but for the clipped log loss', () => {
    expect(scores(certain(4, [0, 1, 2, 2], [0, 1, 2, 2]))).toEqual({
      n: 4,
      accuracy: 1,
      top5: 1,
      f1Weighted: 1,
      f1Macro: 1,
      logLoss: -Math.log(1 - 2 ** -23),
      ece: 0,
    });
  });

  it('are all at their worst for a model that is always wrong and certain', () => {
    const worst = scores(certain(6, [0, 1, 2], [5, 5, 5]));
    expect(worst).toMatchObject({ n: 3, accuracy: 0, f1Weighted: 0, f1Macro: 0, ece: 1 });
    // -ln(2^-23), what scikit-learn gives for a float32 zero.
    expect(worst.logLoss).toBeCloseTo(15.942385, 5);
  });

  it('of a subset keep the whole vocabulary as possible predictions', () => {
    const all = certain(3, [0, 0, 1, 2], [0, 2, 1, 1]);
    // Rows 0 and 1: precision 1, recall 1/2 for class 0; class 2 is answered once, wrongly, and counts in the macro mean.
    expect(scores(all, [0, 1])).toMatchObject({ n: 2, accuracy: 0.5, f1Weighted: 2 / 3, f1Macro: 1 / 3 });
  });

  it('refuse to evaluate nothing, and labels without an output', () => {
    expect(() => scores(certain(3, [], []))).toThrow(DistillError);
    expect(() => scores(certain(3, [3], [0]))).toThrow('label 3');
  });
});

describe('top-k and ties', () => {
  const tied = predictions([0, 1, 2], Array(3).fill([0.25, 0.25, 0.25, 0.25]) as number[][]);

  it('prefers the lower id among equally probable classes', () => {
    expect([...predictedClasses(tied)]).toEqual([0, 0, 0]);
    expect(topK(tied, 1)).toBeCloseTo(1 / 3);
    expect(topK(tied, 2)).toBeCloseTo(2 / 3);
    expect(ranked(tied, 0, 3).map(({ id }) => id)).toEqual([0, 1, 2]);
  });

  it('takes a k above the number of classes as all of them', () => {
    expect(topK(certain(3, [0, 1], [2, 2]), 5)).toBe(1);
    expect(ranked(tied, 0, 9)).toHaveLength(4);
  });
});

describe('classes', () => {
  // Labels 0, 0, 1; class 2 is answered once but has no image; class 3 never occurs.
  const confusion = confusionMatrix(certain(4, [0, 0, 1], [0, 1, 2]));

  it('are counted as confusion[true][predicted]', () => {
    expect(confusion).toEqual([
      [1, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('score 0 where precision or recall is undefined', () => {
    const [stop, , , never] = classScores(confusion, ['stop', 'yield', 'turn', 'never']);
    expect(stop).toEqual({ id: 0, name: 'stop', precision: 1, recall: 0.5, f1: 2 / 3, support: 2 });
    expect(never).toEqual({ id: 3, name: 'never', precision: 0, recall: 0, f1: 0, support: 0 });
  });

  it('average over those that occur, or by support', () => {
    const { weighted, macro } = averageF1(confusion);
    expect(weighted).toBeCloseTo(4 / 9);
    expect(macro).toBeCloseTo(2 / 9);
  });
});

describe('log loss', () => {
  it('is the mean negative logarithm', () => {
    // scikit-learn's own example: 0.21616...
    const given = predictions(
      [1, 0, 0, 1],
      [
        [0.1, 0.9],
        [0.9, 0.1],
        [0.8, 0.2],
        [0.35, 0.65],
      ],
    );
    expect(logLoss(given)).toBeCloseTo(0.21616187, 6);
  });
});

describe('calibration', () => {
  const given = predictions(
    [0, 1, 0, 1],
    [
      [0.9375, 0.0625],
      [0.9375, 0.0625],
      [0.625, 0.375],
      [0.4375, 0.5625],
    ],
  );

  it('sorts images into (low, high] by confidence', () => {
    const bins = calibrationBins(given, 4);
    expect(bins.map(({ count }) => count)).toEqual([0, 0, 2, 2]);
    expect(bins[2]).toEqual({ low: 0.5, high: 0.75, count: 2, confidence: 0.59375, accuracy: 1 });
    expect(bins[3]).toEqual({ low: 0.75, high: 1, count: 2, confidence: 0.9375, accuracy: 0.5 });
    expect(calibrationBins(predictions([0], [[0.5, 0.5]]), 4).map(({ count }) => count)).toEqual([
      0, 1, 0, 0,
    ]);
  });

  it('weighs the gaps by the images', () => {
    expect(expectedCalibrationError(calibrationBins(given, 4))).toBeCloseTo((0.40625 + 0.4375) / 2, 12);
  });
});

describe('softmax', () => {
  it('does not overflow', () => {
    expect([...softmax(Float32Array.of(1000, 1000, -1000, 0), 2)]).toEqual([0.5, 0.5, 0, 1]);
  });
});

describe('select', () => {
  it('keeps order and repeats', () => {
    const { labels, probabilities, n } = select(certain(2, [0, 1], [1, 0]), [1, 0, 1]);
    expect([n, [...labels], [...probabilities]]).toEqual([3, [1, 0, 1], [1, 0, 0, 1, 1, 0]]);
  });
});
