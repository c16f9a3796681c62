import { expect, it } from 'vitest';
import { wilsonInterval } from '../../../electron/contract/interval.ts';

// Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
it.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i: %d to %d', (hits, n, low, high) => {
  const interval = wilsonInterval(hits / n, n);
  expect(interval[0]).toBeCloseTo(low, 4);
  expect(interval[1]).toBeCloseTo(high, 4);
});
