import { expect, it } from 'vitest';
import { weightsOfClasses } from '../../../electron/contract/recipe/class-weights.ts';

const images = [1000, 100, 10, 0];
const close = (actual: readonly number[], expected: readonly number[]) =>
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 9));

it('weighs classes by the inverse of their images, 1 on average over those that have any', () => {
  close(weightsOfClasses({ by: 'inverse-frequency' }, images), [3 / 111, 30 / 111, 300 / 111, 0]);
});

it("weighs them by Cui's effective number of samples", () => {
  // (1 - beta) / (1 - beta^n), scaled to a sum of 3, in exact fractions of beta = 1/2: 1 / 2 over 1 - 2^-n.
  const raw = [1000, 2, 1].map((n) => 0.5 / (1 - 0.5 ** n));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  close(
    weightsOfClasses({ by: 'effective-number', beta: 0.5 }, [1000, 2, 1]),
    raw.map((weight) => (3 * weight) / sum),
  );
  close(weightsOfClasses({ by: 'effective-number', beta: 0 }, images), [1, 1, 1, 0]);
  const nearly = weightsOfClasses({ by: 'effective-number', beta: 1 - 1e-12 }, images);
  [3 / 111, 30 / 111, 300 / 111].forEach((weight, i) => expect(nearly[i]).toBeCloseTo(weight, 6));
});

it('takes a list as it is', () => {
  expect(weightsOfClasses({ by: 'list', weights: [0, 1, 2, 3] }, images)).toEqual([0, 1, 2, 3]);
});
