import { expect, it } from 'vitest';
import { sampleClasses } from '../../../electron/engine/data/class-sampling.ts';

/** 90 images of class 0, 9 of class 1, 1 of class 2. */
const labels = Array.from({ length: 100 }, (_, i) => (i < 90 ? 0 : i < 99 ? 1 : 2));
const indices = [...labels.keys()];
const sampled = (sampling: 'balanced' | 'square-root', epoch: number, count = 100) =>
  sampleClasses(indices, (index) => labels[index]!, sampling, { count, epoch, seed: 5 });
const countsOf = (images: readonly number[]) =>
  [0, 1, 2].map((label) => images.filter((index) => labels[index] === label).length);

it.each([
  ['balanced', [100 / 3, 100 / 3, 100 / 3]],
  ['square-root', [90, 9, 1].map((n) => (100 * Math.sqrt(n)) / (Math.sqrt(90) + 4))],
] as const)(
  '%s: each class gets its share, rounded either way, and exactly over many epochs',
  (sampling, shares) => {
    const epochs = 3000;
    const sums = [0, 0, 0];
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const counts = countsOf(sampled(sampling, epoch).indices);
      counts.forEach((count, id) => {
        expect(Math.abs(count - shares[id]!)).toBeLessThan(1);
        sums[id]! += count;
      });
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
    }
    sums.forEach((sum, id) => expect(sum / epochs).toBeCloseTo(shares[id]!, 1));
  },
);

it('numbers the copies of an image, and takes all images of a class before one again', () => {
  const { indices: images, copies } = sampled('balanced', 1);
  const of = (index: number) => copies.filter((_, i) => images[i] === index);
  expect(of(99)).toEqual([...of(99).keys()]);
  expect(of(99).length).toBeGreaterThan(32);
  for (let index = 90; index < 99; index++) expect([3, 4]).toContain(of(index).length);
  // Of 90 images a third is taken, none twice.
  expect(copies.filter((_, i) => labels[images[i]!] === 0)).toEqual(Array(countsOf(images)[0]).fill(0));
});

it('takes other images of a large class in the next epoch, and the same ones again for the same epoch', () => {
  const large = (epoch: number) => sampled('balanced', epoch).indices.filter((index) => index < 90);
  expect(large(2)).toEqual(large(2));
  const seen = new Set(Array.from({ length: 12 }, (_, epoch) => large(epoch + 1)).flat());
  expect(seen.size).toBe(90);
});
