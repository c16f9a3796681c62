import { expect, test } from 'vitest';
import { RunningScores } from '../../../electron/engine/train/epoch-scores.ts';
import { hasParity, parityValues } from '../../support/parity-data.ts';

const losses = { loss: 1, labelLoss: 1, termLosses: [] };

test.skipIf(!hasParity)(
  "accuracy, top-5 and F1 are scikit-learn's (skipped without the reference values)",
  async () => {
    const { metrics } = await parityValues();
    const classes = metrics.probabilities[0]!.length;
    const scores = new RunningScores(classes);
    for (let start = 0; start < metrics.y_true.length; start += 64) {
      const logits = Float32Array.from(metrics.probabilities.slice(start, start + 64).flat());
      scores.add({ ...losses, logits }, Int32Array.from(metrics.y_true.slice(start, start + 64)));
    }
    const result = scores.result();
    expect(result.accuracy).toBeCloseTo(metrics.accuracy, 10);
    expect(result.top5).toBeCloseTo(metrics.top5, 10);
    expect(result.f1Weighted).toBeCloseTo(metrics.f1_weighted, 10);
    expect(result.f1Macro).toBeCloseTo(metrics.f1_macro, 10);
  },
);

test('losses are means over images, not over batches', () => {
  const scores = new RunningScores(2);
  scores.add(
    { loss: 1, labelLoss: 2, termLosses: [4], logits: Float32Array.of(1, 0, 1, 0, 1, 0) },
    Int32Array.of(0, 0, 0),
  );
  scores.add({ loss: 5, labelLoss: 6, termLosses: [8], logits: Float32Array.of(1, 0) }, Int32Array.of(1));
  expect(scores.result()).toMatchObject({
    loss: 2,
    labelLoss: 3,
    termLosses: [5],
    accuracy: 0.75,
    top5: 1,
  });
});

test('a class that neither occurs nor is predicted does not lower the macro F1', () => {
  const scores = new RunningScores(3);
  scores.add({ ...losses, logits: Float32Array.of(1, 0, 0, 0, 1, 0) }, Int32Array.of(0, 1));
  expect(scores.result().f1Macro).toBe(1);
});

test('saved and loaded, it goes on counting', () => {
  const scores = new RunningScores(2);
  scores.add({ ...losses, logits: Float32Array.of(1, 0) }, Int32Array.of(0));
  const other = new RunningScores(2);
  other.load(structuredClone(scores.save()));
  for (const each of [scores, other])
    each.add({ ...losses, logits: Float32Array.of(1, 0) }, Int32Array.of(1));
  expect(other.result()).toEqual(scores.result());
});

test.each([
  [6, [3]],
  [null, []],
])(
  'a checkpoint of version 1 with the sum %s of one distillation loss is read',
  (distillationLoss, termLosses) => {
    const scores = new RunningScores(2);
    const sums = { images: 2, loss: 1, labelLoss: 1, distillationLoss, top5: 2 };
    const confusion = { shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) };
    scores.load({ values: sums, tensors: new Map([['confusion', confusion]]) });
    expect(scores.result()).toMatchObject({ accuracy: 1, termLosses });
  },
);
