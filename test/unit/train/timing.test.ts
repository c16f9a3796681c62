import { expect, test } from 'vitest';
import { Timing } from '../../../electron/engine/train/timing.ts';

test('the remaining time follows the measured steps, leaves the first one out and counts what ends an epoch', () => {
  let clock = 100;
  const timing = new Timing(() => clock);
  const stage = { stepSeconds: null, tailSteps: 2 };
  const step = (seconds: number) => {
    clock += seconds;
    timing.stepEnds();
  };
  timing.stageStarts(stage);
  timing.epochStarts();
  step(9);
  expect(timing.remaining(10, 0)).toBe(90);
  step(2);
  step(4);
  expect(timing.stepSeconds).toBe(3);
  // Until a validation was timed, it is taken for two steps.
  expect(timing.remaining(10, 1)).toBe(30 + 6);
  timing.trainingEnds();
  clock += 8;
  timing.epochEnds();
  expect(timing.isTailMeasured).toBe(true);
  expect(timing.remaining(10, 2)).toBe(30 + 16);
  clock += 1;
  timing.epochStarts();
  expect(timing.remaining(0, 1)).toBe(9);
  // The next counts as much as those before it.
  timing.trainingEnds();
  expect(timing.tailSeconds).toBe(9);
  clock += 5;
  timing.epochEnds();
  expect(timing.tailSeconds).toBe(7);
  timing.stageStarts(stage);
  timing.epochStarts();
  step(5);
  step(1);
  expect(timing.remaining(10, 1)).toBe(10 + 7);
  timing.stageStarts({ stepSeconds: 2, tailSteps: 2 });
  expect(timing.remaining(10, 0)).toBe(20);
});
