import { expect, test } from 'vitest';
import type { Training } from '../../../electron/engine/train/callback.ts';
import { ExplosionWatch } from '../../../electron/engine/train/callbacks/divergence.ts';

/** The warnings of a training with these losses. */
function warningsOf(losses: readonly number[]): string[] {
  const sentences: string[] = [];
  const watch = new ExplosionWatch((sentence) => sentences.push(sentence));
  for (const loss of losses) {
    const training = { role: 'student', epoch: 2, recipe: { clipNorm: null }, read: { loss } };
    watch.afterRead(training as unknown as Training);
  }
  expect(watch.sentence).toBe(sentences[0] ?? null);
  return sentences;
}
const steps = (count: number, loss: (step: number) => number) =>
  Array.from({ length: count }, (_, i) => loss(i));

test('a loss that explodes and stays finite is reported once, with what helps', () => {
  const sentences = warningsOf([...steps(30, () => 2.3), ...steps(30, (i) => 2.3 * 1.5 ** i)]);
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(
    /^The loss of the student exploded in epoch 2: it rose to [\d.]+ from 2\.30\. Lower/,
  );
});

test('one that falls, that is noisy, or that rises again to half of its beginning is not', () => {
  expect(warningsOf(steps(200, (i) => 3.8 * 0.97 ** i))).toEqual([]);
  expect(warningsOf(steps(200, (i) => 1 + (i % 2) * 3))).toEqual([]);
  expect(warningsOf([...steps(100, (i) => 50 * 0.9 ** i), ...steps(100, () => 25)])).toEqual([]);
  // A single bad batch.
  expect(warningsOf([...steps(50, () => 1), 30, ...steps(50, () => 1)])).toEqual([]);
});
