import { expect, it } from 'vitest';
import {
  exportedName,
  fileGroups,
  foldersOf,
  isFolder,
  shortName,
} from '../../../../../renderer/views/export/file-groups.ts';

const files = [
  '/runs/signs-1/exports/signs-1-student.safetensors',
  '/runs/signs-1/exports/signs-1-student.json',
  '/runs/signs-1/report.html',
  '/runs/signs-1/exports/signs-1-scores.csv',
  '/runs/signs-1/exports/signs-1-schedule.svg',
];

it('exported files stand by what they are for', () => {
  const all = [
    ...files,
    '/runs/signs-1/exports/signs-1-student-int8.onnx',
    '/runs/signs-1/exports/signs-1-student-pytorch',
    '/runs/signs-1/exports/signs-1-bundle.zip',
    '/runs/signs-1/exports/signs-1-teacher.safetensors',
    '/runs/signs-1/exports/signs-1-baseline-tfjs',
    '/runs/signs-1/exports/signs-1-predictions-student.csv',
    '/runs/signs-1/exports/signs-1-confusion-teacher.png',
  ];
  expect(fileGroups(all).map(({ title, files: found, folded }) => [title, found.length, folded])).toEqual([
    ['The bundle', 1, false],
    ['The student', 4, false],
    ['Report', 1, false],
    ['Teacher and baseline', 2, true],
    ['Figures', 2, true],
    ['Plots', 2, true],
  ]);
  // A run may be called after a role.
  expect(
    fileGroups(['/a/my-student-2-teacher.onnx', '/a/my-student-2-report.html']).map(({ title }) => title),
  ).toEqual(['Report', 'Teacher and baseline']);
  expect(fileGroups(['/a/b.bin'])).toMatchObject([{ title: 'Other', files: ['/a/b.bin'] }]);
});

it('folders are listed once, whichever separator they use', () => {
  expect(foldersOf(files)).toEqual(['/runs/signs-1/exports', '/runs/signs-1']);
  expect(foldersOf(['C:\\out\\a.csv', 'C:\\out\\b.csv'])).toEqual(['C:\\out']);
});

it('exports of a renamed run are called by its name', () => {
  expect(exportedName(files, '/runs/signs-1')).toBe('signs-1');
  expect(exportedName(['/out/anna-1-student.safetensors'], '/runs/signs-1')).toBe('anna-1');
  expect(exportedName(['/out/anna-1-student-int8.onnx'], '/runs/signs-1')).toBe('anna-1');
  expect(exportedName(['/out/anna-1-teacher-pytorch'], '/runs/signs-1')).toBe('anna-1');
  expect(exportedName(['/out/my-student-2-baseline-int8.tflite'], '/runs/signs-1')).toBe('my-student-2');
  expect(exportedName(['/out/anna-1-predictions-student.csv'], '/runs/signs-1')).toBe('signs-1');
  expect(exportedName(['/out/report.html'], '/runs/signs-1')).toBe('signs-1');
});

it('the name of the run is left off where a file has it', () => {
  expect(files.map((file) => shortName(file, 'signs-1'))).toEqual([
    'student.safetensors',
    'student.json',
    'report.html',
    'scores.csv',
    'schedule.svg',
  ]);
});

it('folders are known by having no ending', () => {
  expect(
    ['/a/v1.5-student-pytorch', '/a.b/x-web', '/a/x-student-int8.onnx', '/a/x.onnx'].map(isFolder),
  ).toEqual([true, true, false, false]);
});
