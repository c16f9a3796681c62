import { expect, it, vi } from 'vitest';
import { choicesOf, otherFile } from '../../../../../renderer/views/try/predictors.ts';
import { exportRow } from '../export/row.ts';

vi.mock('../../../../../renderer/composables/theme.ts', () => ({ isDark: { value: false } }));

it("a run's networks predict together, an export beside the network that it was made from", () => {
  const rows = [
    exportRow({ format: 'onnx-fp16', file: 'signs-1-student-fp16.onnx' }),
    exportRow({ role: 'teacher', file: 'signs-1-teacher.onnx' }),
    exportRow({ role: 'baseline', file: 'signs-1-baseline.onnx' }),
  ];
  const choices = choicesOf('/runs/signs-1', ['teacher', 'student'], rows);
  expect(choices.map(({ label }) => label)).toEqual([
    'The networks as trained',
    'Student, ONNX, float16 weights',
    'Teacher, ONNX',
  ]);
  expect(choices.map(({ predictors }) => predictors.map(({ role, file }) => [role, file]))).toEqual([
    [
      ['teacher', null],
      ['student', null],
    ],
    [
      ['student', null],
      ['student', '/runs/signs-1/exports/signs-1-student-fp16.onnx'],
    ],
    [
      ['teacher', null],
      ['teacher', '/runs/signs-1/exports/signs-1-teacher.onnx'],
    ],
  ]);
});

it('a file from elsewhere predicts beside the student', () => {
  const { label, predictors } = otherFile('/elsewhere/model.tflite');
  expect(label).toBe('model.tflite');
  expect(predictors.map(({ title }) => title)).toEqual(['Student', 'model.tflite']);
});
