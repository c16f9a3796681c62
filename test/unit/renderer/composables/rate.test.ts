import { expect, it } from 'vitest';
import { RateEstimator } from '../../../../renderer/composables/rate.ts';

it('tells the time left only when it can be told', () => {
  let time = 0;
  const rate = new RateEstimator(() => time);
  expect(rate.remaining(0, 1000)).toBeNull();
  time = 1000;
  expect(rate.remaining(50, 1000)).toBeNull();
  time = 5000;
  expect(rate.remaining(10, 1000)).toBeNull();
  expect(rate.remaining(100, 1000)).toBeCloseTo(45);
  time = 10_000;
  expect(rate.remaining(1000, 1000)).toBe(0);
});

it('counts from where it first looked: what was done before took no time', () => {
  let time = 0;
  const rate = new RateEstimator(() => time);
  rate.remaining(500, 1000);
  time = 10_000;
  expect(rate.remaining(600, 1000)).toBeCloseTo(40);
});
