import { expect, it } from 'vitest';
import { latencyOf, whyAsFast } from '../../../electron/contract/latency.ts';

const model = (latencyMs: number, latencyRange?: [number, number], parameters = 1) => ({
  architecture: 'resnet18',
  macs: parameters,
  parameters,
  latencyMs,
  ...(latencyRange && { latencyRange }),
});

it('a result of an earlier version has no spread', () => {
  expect(latencyOf(model(3))).toEqual({ ms: 3, low: 3, high: 3 });
  expect(latencyOf(model(3, [2, 5]))).toEqual({ ms: 3, low: 2, high: 5 });
});

it('equal networks are as fast, whatever was measured', () => {
  expect(whyAsFast(model(50), model(24))).toBe('the same network');
});

it('others are as fast where they differ by less than one of them is spread', () => {
  expect(whyAsFast(model(10, [9, 12]), model(12.9, [12, 13], 2))).toBe('about the same');
  expect(whyAsFast(model(10, [9, 12]), model(13.1, [12, 14], 2))).toBeNull();
  expect(whyAsFast(model(10), model(10.1, undefined, 2))).toBeNull();
});
