import { expect, it, vi } from 'vitest';
import { choicesOf, otherFile } from '../../../../../renderer/views/try/answerers.ts';
import { exportRow } from '../export/row.ts';

vi.mock('../../../../../renderer/composables/theme.ts', () => ({ isDark: { value: false } }));

it("a run's networks answer together, an export beside the network that it was made from", () => {
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
  expect(choices.map(({ answerers }) => answerers.map(({ role, file }) => [role, file]))).toEqual([
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

it('a file from elsewhere answers beside the student', () => {
  const { label, answerers } = otherFile('/elsewhere/model.tflite');
  expect(label).toBe('model.tflite');
  expect(answerers.map(({ title }) => title)).toEqual(['Student', 'model.tflite']);
});
