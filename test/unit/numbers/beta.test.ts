import { expect, it } from 'vitest';
import { beta } from '../../../electron/engine/numbers/beta.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

const draws = (a: number, b: number) => {
  const stream = random(1, 'beta', a, b);
  return Float64Array.from({ length: 40_000 }, () => beta(a, b, stream));
};
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

it.each([
  [0.05, 0.05],
  [0.2, 0.2],
  [1, 1],
  [0.5, 2],
  [8, 8],
])('draws from Beta(%f, %f): mean and variance', (a, b) => {
  const values = draws(a, b);
  const variance = (a * b) / ((a + b) ** 2 * (a + b + 1));
  // Four standard errors; that of a variance is at most so large for numbers from 0 to 1.
  expect(Math.abs(mean(values) - a / (a + b))).toBeLessThan(4 * Math.sqrt(variance / values.length));
  const squares = mean(values.map((value) => (value - a / (a + b)) ** 2));
  expect(Math.abs(squares - variance)).toBeLessThan(4 * Math.sqrt(variance / 4 / values.length));
});

it('has the distribution, not only its moments: that of Beta(1/2, 1/2) is 2/π arcsin √x', () => {
  const values = draws(0.5, 0.5);
  for (const x of [0.01, 0.25, 0.5, 0.9]) {
    const below = values.filter((value) => value <= x).length / values.length;
    expect(Math.abs(below - (2 / Math.PI) * Math.asin(Math.sqrt(x)))).toBeLessThan(0.01);
  }
});

it('is a number from 0 to 1 also where its gamma draws are 0 in float64', () => {
  for (const value of draws(0.01, 0.01)) expect(value).toSatisfy((one: number) => one >= 0 && one <= 1);
});
