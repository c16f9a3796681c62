import { expect, it } from 'vitest';
import {
  exportedName,
  fileGroups,
  foldersOf,
  shortName,
} from '../../../../renderer/views/export/file-groups.ts';

const files = [
  '/runs/signs-1/exports/signs-1-student.safetensors',
  '/runs/signs-1/exports/signs-1-student.json',
  '/runs/signs-1/report.html',
  '/runs/signs-1/exports/signs-1-scores.csv',
  '/runs/signs-1/exports/signs-1-schedule.svg',
];

it('exported files stand by what they are for', () => {
  const all = [...files, '/runs/signs-1/exports/signs-1-teacher.safetensors'];
  expect(fileGroups(all).map(({ title, files: found, folded }) => [title, found.length, folded])).toEqual([
    ['The student', 2, false],
    ['Report', 1, false],
    ['Teacher and baseline', 1, true],
    ['Figures', 1, true],
    ['Plots', 1, true],
  ]);
  expect(fileGroups(['/a/b.bin'])).toMatchObject([{ title: 'Other', files: ['/a/b.bin'] }]);
});

it('folders are told once, whichever separator they use', () => {
  expect(foldersOf(files)).toEqual(['/runs/signs-1/exports', '/runs/signs-1']);
  expect(foldersOf(['C:\\out\\a.csv', 'C:\\out\\b.csv'])).toEqual(['C:\\out']);
});

it('exports of a renamed run are called by its name', () => {
  expect(exportedName(files, '/runs/signs-1')).toBe('signs-1');
  expect(exportedName(['/out/anna-1-student.safetensors'], '/runs/signs-1')).toBe('anna-1');
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
