import { expect, it } from 'vitest';
import { exportFormats, type ExportFormat } from '../../../../../electron/contract/exports.ts';
import { destinationFormats, isBundle, withFormat } from '../../../../../renderer/export-formats.ts';
import { estimatedBytes } from '../../../../../renderer/views/export/estimated-bytes.ts';
import { exportFile, nameEnding } from '../../../../../renderer/views/export/file-names.ts';
import { withNewRows } from '../../../../../renderer/views/export/rows.ts';
import { exportRow } from './row.ts';

it('every format has one place, the bundle a place of its own', () => {
  const shown = destinationFormats.flatMap(({ formats }) => formats);
  expect(shown.toSorted()).toEqual(exportFormats.filter((format) => !isBundle(format)).toSorted());
  expect(destinationFormats.map(({ destination }) => destination).at(-1)).toBe('people');
});

it('formats are switched on and off in the order of the table', () => {
  expect(withFormat(['report', 'safetensors'], 'onnx', true)).toEqual(['safetensors', 'onnx', 'report']);
  expect(withFormat(['report', 'onnx'], 'onnx', false)).toEqual(['report']);
});

it('sizes are estimated from the weights at the precision of the format', () => {
  const bytes = { float: 400, int8: 110 };
  const formats = ['onnx', 'onnx-fp16', 'tflite-int8', 'microcontroller', 'web-demo', 'report'] as const;
  expect(formats.map((format) => estimatedBytes(format, bytes))).toEqual([400, 200, 110, 110, null, null]);
});

it('a file is called as it was made, before that as it will be', () => {
  const named = {
    ...{ safetensors: '.safetensors', pytorch: '-pytorch', onnx: '.onnx', 'onnx-fp16': '-fp16.onnx' },
    ...{ 'onnx-int8': '-int8.onnx', tfjs: '-tfjs', 'web-demo': '-web', tflite: '.tflite' },
    ...{ 'tflite-int8': '-int8.tflite', microcontroller: '-microcontroller' },
  } as const satisfies Partial<Record<ExportFormat, string>>;
  for (const [format, ending] of Object.entries(named))
    expect(nameEnding(format as ExportFormat)).toBe(ending);
  const made = { rows: [], files: [], run: 'signs-1' };
  expect(exportFile('onnx', 'student', made)).toBe('signs-1-student.onnx');
  expect(exportFile('pytorch', 'student', { ...made, files: ['/out/anna-student-pytorch'] })).toBe(
    'anna-student-pytorch',
  );
  const rows = [exportRow({ format: 'onnx', file: 'anna-student.onnx' })];
  expect(exportFile('onnx', 'student', { ...made, rows })).toBe('anna-student.onnx');
  expect(exportFile('onnx', 'teacher', { ...made, rows })).toBe('signs-1-teacher.onnx');
});

it('a row takes the place of the one of the same format and network', () => {
  const [old, other] = [exportRow({ bytes: 1 }), exportRow({ role: 'teacher', bytes: 2 })];
  expect(
    withNewRows([old, other], [exportRow({ bytes: 3 })]).map(({ role, bytes }) => [role, bytes]),
  ).toEqual([
    ['student', 3],
    ['teacher', 2],
  ]);
});
