import { expect, test } from 'vitest';
import { Timing } from '../../../electron/engine/train/timing.ts';

test('the remaining time follows the measured steps, leaves the first one out and counts what ends an epoch', () => {
  let clock = 100;
  const timing = new Timing(() => clock, 6);
  const step = (seconds: number) => {
    clock += seconds;
    timing.stepEnds();
  };
  timing.stageStarts();
  timing.epochStarts();
  step(9);
  expect(timing.remaining(10, 0)).toBe(90);
  step(2);
  step(4);
  expect(timing.stepSeconds).toBe(3);
  // Until a validation was timed, its 6 batches are taken at a third of a step each.
  expect(timing.remaining(10, 1)).toBe(30 + 6);
  timing.trainingEnds();
  clock += 8;
  timing.epochEnds();
  expect(timing.remaining(10, 2)).toBe(30 + 16);
  clock += 1;
  timing.epochStarts();
  expect(timing.remaining(0, 1)).toBe(9);
  timing.stageStarts();
  step(5);
  step(1);
  expect(timing.remaining(10, 1)).toBe(10 + 9);
});
