import { describe, expect, it } from 'vitest';
import { RunCurves } from '../../../../renderer/run/run-curves.ts';
import { StepColumns } from '../../../../renderer/run/step-columns.ts';
import { epochEvent, epochScores, tableOfSteps, stepEvent } from '../../../support/run-events.ts';

const stepAt = (epoch: number, step: number) =>
  stepEvent({ epoch, epochs: 5, step, labelLoss: epoch + step / 100 });

describe('StepColumns', () => {
  it('appends with the step counted over all epochs', () => {
    const columns = new StepColumns();
    columns.append(stepAt(1, 4));
    columns.append(stepAt(3, 2));
    expect([...columns.column('step')]).toEqual([4, 22]);
    expect([...columns.column('epoch')]).toEqual([0.4, 2.2]);
    expect([...columns.column('termLosses.0')]).toEqual([NaN, NaN]);
    expect(columns.stepsPerEpoch).toBe(10);
  });

  it('has a column for each distillation term, also where terms come later', () => {
    const columns = new StepColumns();
    columns.append(stepAt(1, 1));
    columns.append({ ...stepAt(1, 2), termLosses: [3, 0.5] });
    columns.append({ ...stepAt(1, 3), termLosses: [2, 0.25] });
    expect([...columns.column('termLosses.0')]).toEqual([NaN, 3, 2]);
    expect([...columns.column('termLosses.1')]).toEqual([NaN, 0.5, 0.25]);
  });

  it('grows past its first capacity', () => {
    const columns = new StepColumns();
    for (let epoch = 1; epoch <= 500; epoch++)
      for (let step = 1; step <= 10; step++) columns.append(stepAt(epoch, step));
    expect(columns.length).toBe(5000);
    expect(columns.rewrites).toBe(0);
    expect(columns.column('labelLoss').at(-1)).toBe(500.1);
  });

  it('goes back where a resumed training went back to its checkpoint', () => {
    const columns = new StepColumns();
    columns.load(tableOfSteps([5, 10, 15, 20, 25], 10));
    const { rewrites } = columns;
    columns.append(stepAt(2, 2));
    expect([...columns.column('step')]).toEqual([5, 10, 12]);
    expect(columns.rewrites).toBe(rewrites + 1);
  });

  it('stays within its limit and keeps the first and the last point', () => {
    const columns = new StepColumns(100);
    for (let epoch = 1; epoch <= 100; epoch++)
      for (let step = 1; step <= 10; step++) {
        columns.append(stepAt(epoch, step));
        expect(columns.length).toBeLessThanOrEqual(100);
      }
    const steps = columns.column('step');
    expect([steps[0], steps.at(-1)]).toEqual([1, 1000]);
    expect([...steps]).toEqual([...steps].sort((a, b) => a - b));
  });
});

describe('RunCurves', () => {
  it('has no point twice where events came while everything was loaded', () => {
    const curves = new RunCurves();
    curves.load({ steps: [{ role: 'student', ...tableOfSteps([5, 10, 15], 10) }], epochs: [], points: 3 });
    // 10 and 15 were in the file already when they arrived as events.
    for (const [epoch, step] of [
      [1, 10],
      [2, 5],
      [2, 10],
    ] as const)
      curves.add(stepAt(epoch, step));
    expect([...curves.steps('student')!.column('step')]).toEqual([5, 10, 15, 20]);
  });

  it('keeps what the log keeps', () => {
    const curves = new RunCurves();
    for (let step = 1; step <= 10; step++) curves.add({ ...stepAt(1, step), recorded: step % 5 === 1 });
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
      curves.add(epochEvent({ epoch, epochs: 3, train: epochScores({ accuracy }) }));
    expect(curves.epochs('student').map(({ epoch, train }) => [epoch, train.accuracy])).toEqual([
      [1, 0.1],
      [2, 0.25],
    ]);
    expect(curves.roles).toEqual(['student']);
  });
});
