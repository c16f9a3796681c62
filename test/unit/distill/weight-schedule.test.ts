import { expect, test } from 'vitest';
import { weightAt } from '../../../electron/engine/distill/weight-schedule.ts';

const over = (total: number, weight: Parameters<typeof weightAt>[0]) =>
  Array.from({ length: total }, (_, i) => weightAt(weight, i + 1, total));

test('a number stays', () => expect(over(3, 0.9)).toEqual([0.9, 0.9, 0.9]));

test.each([
  ['linear', null, [0, 0.25, 0.5, 0.75, 1]],
  ['linear', 3, [0, 0.5, 1, 1, 1]],
  ['cosine', null, [0, 0.146447, 0.5, 0.853553, 1]],
  ['linear', 1, [0, 1, 1, 1, 1]],
] as const)('%s over %s epochs', (schedule, epochs, shares) => {
  const actual = over(5, { schedule, from: 2, to: 6, epochs, warmup: 0 });
  expect(actual).toEqual(shares.map((share) => expect.closeTo(2 + 4 * share, 5) as number));
});

test('a training of one epoch has the first weight', () => {
  expect(over(1, { schedule: 'cosine', from: 1, to: 0, epochs: null, warmup: 0 })).toEqual([1]);
});

// mdistiller: min(epoch / warmup, 1), its epochs from 1 on.
test('a warm-up raises a weight in equal steps, also one that changes', () => {
  expect(over(5, { schedule: 'constant', value: 2, warmup: 4 })).toEqual([0.5, 1, 1.5, 2, 2]);
  expect(over(3, { schedule: 'linear', from: 2, to: 6, epochs: null, warmup: 2 })).toEqual([1, 4, 6]);
  expect(over(2, { schedule: 'constant', value: 2, warmup: 0 })).toEqual([2, 2]);
});
