import { describe, expect, it } from 'vitest';
import {
  curveOption,
  curveTable,
  extentOf,
  SmoothedColumns,
} from '../../../../../renderer/views/run/curve-chart.ts';
import { curveDefinitions, type Lane } from '../../../../../renderer/views/run/curve-definitions.ts';
import { hoverRows } from '../../../../../renderer/views/run/hover-rows.ts';
import { StepColumns } from '../../../../../renderer/run/step-columns.ts';
import { epochEvent, epochScores, tableOfSteps } from '../../../../support/run-events.ts';

const steps = new StepColumns();
const values = [10, 20, 30, 40];
steps.load(
  tableOfSteps(values, 20, (i) => ({
    labelLoss: 4 - i,
    termLosses: [values[i]!, 1 / values[i]!],
    learningRate: 1e-3,
  })),
);
const scores = (accuracy: number) =>
  epochScores({ labelLoss: accuracy * 10, termLosses: [accuracy * 20, accuracy], accuracy });
const point = (epoch: number) =>
  epochEvent({
    role: 'teacher',
    epoch,
    epochs: 2,
    train: scores(epoch / 10),
    validation: scores(epoch / 20),
  });
const lane: Lane = {
  id: 'teacher',
  name: 'Teacher',
  color: '#000',
  dash: 'dashed',
  steps,
  epochs: [point(1), point(2)],
  terms: [],
};
const [labelLoss, distillation, accuracy] = curveDefinitions('weighted') as [
  ReturnType<typeof curveDefinitions>[0],
  ReturnType<typeof curveDefinitions>[0],
  ReturnType<typeof curveDefinitions>[0],
];
const measured = new SmoothedColumns(0);

describe('hovering', () => {
  it('has the nearest step and the nearest epoch, on either axis', () => {
    const texts = (axis: 'step' | 'epoch', x: number) =>
      hoverRows(labelLoss, [lane], axis, measured, x).map(({ training, validation }) => [
        training,
        validation,
      ]);
    const expected = [['2.000', '1.000']];
    expect(texts('step', 33)).toEqual(expected);
    expect(texts('epoch', 33 / 20)).toEqual(expected);
  });

  it('shows nothing beyond the end of a curve, nor of what was not measured', () => {
    expect(hoverRows(labelLoss, [lane], 'step', measured, 51)).toEqual([]);
    expect(hoverRows(distillation, [lane], 'step', measured, 20)).toEqual([]);
  });
});

describe('a chart of curves', () => {
  const request = {
    lanes: [lane],
    axis: 'step' as const,
    window: { from: 0, to: 40 },
    log: false,
    smoothed: new SmoothedColumns(0.5),
    pixels: 400,
    ink: { text: '', muted: '', line: '', background: '' },
  };
  const series = (definition: typeof labelLoss) =>
    curveOption({ ...request, definition })['series'] as { id: string; data: Float64Array }[];

  it('puts epochs where their last step is', () => {
    expect(extentOf([lane], 'step')).toEqual({ min: 0, max: 40 });
    const validation = series(labelLoss).find(({ id }) => id === 'teacher/validation')!;
    expect([...validation.data]).toEqual([20, 0.5, 40, 1]);
  });

  it('draws a smoothed line and the shadow of what was measured, and nothing of what was not', () => {
    expect(series(labelLoss).map(({ id }) => id)).toEqual([
      'teacher/validation',
      'teacher/training',
      'teacher/measured',
    ]);
    expect(series(distillation)).toEqual([]);
    expect(series(accuracy).map(({ id }) => id)).toEqual(['teacher/validation', 'teacher/training']);
  });

  it('draws a line for each distillation term, by its name where there are several', () => {
    const one = { ...lane, terms: ['Soft targets'] };
    expect(curveTable(distillation, [one]).rows.filter(([, part]) => part === 'validation')).toEqual([
      ['Teacher', 'validation', 20, 1, 1],
      ['Teacher', 'validation', 40, 2, 2],
    ]);
    const two = { ...lane, terms: ['Soft targets', 'Attention'] };
    const drawn = curveOption({ ...request, lanes: [two], definition: distillation, smoothed: measured });
    const lines = drawn['series'] as { id: string; name: string; data: Float64Array }[];
    expect(lines.map(({ id, name }) => [id, name])).toEqual([
      ['teacher/validation', 'Teacher, Soft targets'],
      ['teacher/training', 'Teacher, Soft targets'],
      ['teacher/1/validation', 'Teacher, Attention'],
      ['teacher/1/training', 'Teacher, Attention'],
    ]);
    expect([...lines[3]!.data]).toEqual([10, 1 / 10, 20, 1 / 20, 30, 1 / 30, 40, 1 / 40]);
    expect(hoverRows(distillation, [two], 'step', measured, 21).map(({ training }) => training)).toEqual([
      '20.000',
      '0.050',
    ]);
  });

  it.each([
    [
      [0.1, 0.7],
      [0, 0.2],
    ],
    [
      [0.55, 0.7],
      [0.5, 0.1],
    ],
    [
      [0.92, 1],
      [0.9, 0.02],
    ],
    [[], [0, 0.2]],
  ])('leads an axis of shares from below %j to 100 %% in even steps', (accuracies, expected) => {
    const epochs = accuracies.map((score, i) => ({
      ...point(i + 1),
      train: scores(score),
      validation: null,
    }));
    const lanes = [{ ...lane, epochs }];
    const axis = curveOption({ ...request, lanes, definition: accuracy })['yAxis'] as Record<string, number>;
    expect([axis['min'], axis['interval']]).toEqual(expected);
    expect(axis['max']).toBe(1);
  });

  it('has every figure in its table, unsmoothed', () => {
    expect(curveTable(labelLoss, [lane]).rows).toEqual([
      ['Teacher', 'validation', 20, 1, 0.5],
      ['Teacher', 'validation', 40, 2, 1],
      ['Teacher', 'training', 10, 0.5, 4],
      ['Teacher', 'training', 20, 1, 3],
      ['Teacher', 'training', 30, 1.5, 2],
      ['Teacher', 'training', 40, 2, 1],
    ]);
    expect(curveTable(accuracy, [lane]).rows).toEqual([
      ['Teacher', 1, 0.1, 0.05],
      ['Teacher', 2, 0.2, 0.1],
    ]);
  });

  it('gives as many rows as are wanted, and their total', () => {
    const other = { ...lane, name: 'Student' };
    const all = curveTable(labelLoss, [lane, other]);
    expect([all.rows.length, all.total]).toEqual([12, 12]);
    for (const most of [0, 1, 3, 4, 5, 9, 11, 100]) {
      const { rows, total } = curveTable(labelLoss, [lane, other], most);
      expect([rows, total]).toEqual([all.rows.slice(0, most), 12]);
    }
  });
});
