import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { scheduleSchema } from '../../../electron/contract/schedules.ts';
import { trainingSchema } from '../../../electron/contract/recipe/training.ts';
import { discriminativeRates, scheduled, stagePlace } from '../../../electron/engine/train/schedule.ts';

const schedule = scheduleSchema.parse({});

// By hand from fastai's combined_cos(0.25, peak/25, peak, peak/1e5) at peak 1 and of (0.95, 0.85, 0.95):
// start + (1 + cos(pi * (1 - p))) * (end - start) / 2, p the share of the phase.
test.each([
  [0, 0.04, 0.95],
  [0.125, 0.52, 0.9],
  [0.0625, 0.04 + ((1 - Math.SQRT1_2) * 0.96) / 2, 0.95 - ((1 - Math.SQRT1_2) * 0.1) / 2],
  [0.25, 1, 0.85],
  [0.5, 1 + 0.25 * (1e-5 - 1), 0.875],
  [0.625, 0.500005, 0.9],
  [1, 1e-5, 0.95],
])('one cycle at %f', (progress, learningRate, momentum) => {
  const point = scheduled(progress, 1, schedule);
  expect(point.learningRate).toBeCloseTo(learningRate, 12);
  expect(point.momentum).toBeCloseTo(momentum, 12);
  expect(scheduled(progress, 3e-3, schedule).learningRate).toBeCloseTo(3e-3 * learningRate, 12);
});

test('one cycle without a warm-up begins at the peak, and with nothing else ends there', () => {
  expect(scheduled(0, 1, scheduleSchema.parse({ warmup: 0 }))).toEqual({
    learningRate: 1,
    momentum: 0.85,
  });
  expect(scheduled(0.5, 1, scheduleSchema.parse({ warmup: 1 })).learningRate).toBeCloseTo(0.52, 12);
});

/** PyTorch's rates of 40 steps with the peak 0.1, by fixtures/training/make.py. */
const torch = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../fixtures/training/torch.json'), 'utf8'),
) as { schedules: Record<string, number[]> };

test.each([
  ['cosine', { name: 'cosine', warmup: 0.25, final: 0.02 }],
  ['cosine, no warm-up', { name: 'cosine', warmup: 0 }],
  ['constant', { name: 'constant', warmup: 0.25 }],
  ['step', { name: 'step' }],
] as const)('the rates of %s are those of PyTorch', (name, settings) => {
  const own = scheduleSchema.parse(settings);
  const points = Array.from({ length: 40 }, (_, step) => scheduled(step / 40, 0.1, own));
  points.forEach(({ learningRate, momentum }, step) => {
    expect(learningRate, `step ${step}`).toBeCloseTo(torch.schedules[name]![step]!, 12);
    expect(momentum).toBe(0.9);
  });
});

test('no schedule gives anything but a number, with all of it warm-up and with none', () => {
  for (const name of ['cosine', 'constant'] as const)
    for (const warmup of [0, 1])
      for (const progress of [0, 0.5, 1]) {
        const { learningRate } = scheduled(progress, 0.1, scheduleSchema.parse({ name, warmup }));
        expect(learningRate >= 0 && learningRate <= 0.1).toBe(true);
      }
  expect(scheduleSchema.safeParse({ name: 'step', milestones: [0.5, 0.5] }).success).toBe(false);
});

test('a recipe of before schedules had names has the cycle that it had', () => {
  const cycle = { warmup: 0.25, div: 25, finalDiv: 1e5, momentum: [0.95, 0.85, 0.95] };
  expect(scheduleSchema.parse({})).toEqual({ name: 'one-cycle', ...cycle });
});

test('a pair of rates is spread geometrically over the groups', () => {
  const rates = discriminativeRates([1e-5, 1e-3], 3);
  expect(rates[0]).toBeCloseTo(1e-5, 15);
  expect(rates[1]).toBeCloseTo(1e-4, 15);
  expect(rates[2]).toBeCloseTo(1e-3, 15);
  expect(discriminativeRates([1e-5, 1e-3], 1)).toEqual([1e-3]);
  expect(discriminativeRates(0.01, 2)).toEqual([0.01, 0.01]);
});

test('epochs are counted over all stages', () => {
  const { stages } = trainingSchema.parse({ stages: [{ epochs: 1 }, { epochs: 9 }, { epochs: 6 }] });
  const places = [1, 2, 10, 11, 16].map((epoch) => stagePlace(stages, epoch));
  expect(places.map(({ index, epoch }) => [index, epoch])).toEqual([
    [0, 0],
    [1, 0],
    [1, 8],
    [2, 0],
    [2, 5],
  ]);
  expect(() => stagePlace(stages, 17)).toThrow(RangeError);
});
