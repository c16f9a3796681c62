import { describe, expect, it } from 'vitest';
import type { StepSeries } from '../../../../electron/contract/metrics.ts';
import { RunCurves } from '../../../../renderer/run/run-curves.ts';
import { StepColumns, type StepEvent } from '../../../../renderer/run/step-columns.ts';

const stepEvent = (epoch: number, step: number, steps = 10): StepEvent => ({
  type: 'step',
  role: 'student',
  epoch,
  epochs: 5,
  stage: 0,
  step,
  steps,
  loss: epoch + step / 100,
  labelLoss: epoch + step / 100,
  distillationLoss: null,
  learningRate: 1e-3,
  momentum: 0.9,
  imagesPerSecond: 100,
  waitShare: 0,
  etaEpochSeconds: null,
  etaRunSeconds: null,
});

function series(steps: number[], stepsPerEpoch = 10): Omit<StepSeries, 'role'> {
  const zeros = steps.map(() => 0);
  return {
    step: steps,
    epoch: steps.map((step) => step / stepsPerEpoch),
    loss: zeros,
    labelLoss: zeros,
    distillationLoss: steps.map(() => null),
    learningRate: zeros,
    momentum: zeros,
    imagesPerSecond: zeros,
    waitShare: zeros,
  };
}

describe('StepColumns', () => {
  it('appends with the step counted over all epochs', () => {
    const columns = new StepColumns();
    columns.append(stepEvent(1, 4));
    columns.append(stepEvent(3, 2));
    expect([...columns.column('step')]).toEqual([4, 22]);
    expect([...columns.column('epoch')]).toEqual([0.4, 2.2]);
    expect([...columns.column('distillationLoss')]).toEqual([NaN, NaN]);
    expect(columns.stepsPerEpoch).toBe(10);
  });

  it('grows past its first capacity', () => {
    const columns = new StepColumns();
    for (let epoch = 1; epoch <= 500; epoch++)
      for (let step = 1; step <= 10; step++) columns.append(stepEvent(epoch, step));
    expect(columns.length).toBe(5000);
    expect(columns.rewrites).toBe(0);
    expect(columns.column('labelLoss').at(-1)).toBe(500.1);
  });

  it('goes back where a resumed training went back to its checkpoint', () => {
    const columns = new StepColumns();
    columns.load(series([5, 10, 15, 20, 25]));
    const { rewrites } = columns;
    columns.append(stepEvent(2, 2));
    expect([...columns.column('step')]).toEqual([5, 10, 12]);
    expect(columns.rewrites).toBe(rewrites + 1);
  });

  it('stays within its limit and keeps the first and the last point', () => {
    const columns = new StepColumns(100);
    for (let epoch = 1; epoch <= 100; epoch++)
      for (let step = 1; step <= 10; step++) {
        columns.append(stepEvent(epoch, step));
        expect(columns.length).toBeLessThanOrEqual(100);
      }
    const steps = columns.column('step');
    expect([steps[0], steps.at(-1)]).toEqual([1, 1000]);
    expect([...steps]).toEqual([...steps].sort((a, b) => a - b));
  });
});

describe('RunCurves', () => {
  const epochEvent = (epoch: number, accuracy: number) => {
    const train = {
      loss: 1,
      labelLoss: 1,
      distillationLoss: null,
      accuracy,
      top5: 1,
      f1Weighted: 0,
      f1Macro: 0,
    };
    return {
      type: 'epoch' as const,
      role: 'student' as const,
      epoch,
      epochs: 3,
      stage: 0,
      train,
      validation: null,
      best: true,
      imagesPerSecond: 1,
      waitShare: 0,
      memoryBytes: 1,
      seconds: 1,
      etaRunSeconds: null,
    };
  };

  it('has no point twice where events came while everything was loaded', () => {
    const curves = new RunCurves();
    curves.load({ steps: [{ role: 'student', ...series([5, 10, 15]) }], epochs: [], points: 3 });
    // 10 and 15 were in the file already when they arrived as events.
    for (const [epoch, step] of [
      [1, 10],
      [2, 5],
      [2, 10],
    ] as const)
      curves.add(stepEvent(epoch, step));
    expect([...curves.steps('student')!.column('step')]).toEqual([5, 10, 15, 20]);
  });

  it('keeps what the log keeps', () => {
    const curves = new RunCurves();
    for (let step = 1; step <= 10; step++) curves.add({ ...stepEvent(1, step), recorded: step % 5 === 1 });
    expect([...curves.steps('student')!.column('step')]).toEqual([1, 6]);
  });

  it('replaces an epoch that is trained again, and what came after it', () => {
    const curves = new RunCurves();
    for (const [epoch, accuracy] of [
      [1, 0.1],
      [2, 0.2],
      [3, 0.3],
      [2, 0.25],
    ] as const)
      curves.add(epochEvent(epoch, accuracy));
    expect(curves.epochs('student').map(({ epoch, train }) => [epoch, train.accuracy])).toEqual([
      [1, 0.1],
      [2, 0.25],
    ]);
    expect(curves.roles).toEqual(['student']);
  });
});
