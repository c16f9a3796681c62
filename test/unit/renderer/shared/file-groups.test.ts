import { expect, it } from 'vitest';
import { fileGroups, foldersOf, shortName } from '../../../../renderer/views/export/file-groups.ts';

const files = [
  '/runs/signs-1/exports/signs-1-student.safetensors',
  '/runs/signs-1/exports/signs-1-student.json',
  '/runs/signs-1/report.html',
  '/runs/signs-1/exports/signs-1-scores.csv',
  '/runs/signs-1/exports/signs-1-schedule.svg',
];

it('exported files stand by what they are for', () => {
  expect(fileGroups(files).map(({ title, files: found }) => [title, found.length])).toEqual([
    ['Report', 1],
    ['Weights', 2],
    ['Figures', 1],
    ['Plots', 1],
  ]);
  expect(fileGroups(['/a/b.bin'])).toEqual([{ title: 'Other', files: ['/a/b.bin'] }]);
});

it('folders are told once, whichever separator they use', () => {
  expect(foldersOf(files)).toEqual(['/runs/signs-1/exports', '/runs/signs-1']);
  expect(foldersOf(['C:\\out\\a.csv', 'C:\\out\\b.csv'])).toEqual(['C:\\out']);
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
