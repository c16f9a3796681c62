import { expect, test } from 'vitest';
import { onnxTeacherSentences } from '../../../electron/contract/onnx-teacher-words.ts';
import { onnxTeacherSchema } from '../../../electron/contract/recipe/teacher.ts';

const sentences = (given: object) =>
  onnxTeacherSentences(onnxTeacherSchema.parse({ source: 'onnx', path: 'a.onnx', ...given }));

test('what the recipe sets of an ONNX teacher is in the sentences, the rest is left to the file', () => {
  expect(sentences({})).toEqual([
    'Its outputs are the dataset’s classes of the same names.',
    'It gets its images as its file states.',
  ]);
  const own = { mean: [0.1, 0.2, 0.3], std: [1, 1, 1] };
  expect(sentences({ classes: ['a', 'b', 'c'], hints: { size: 64, values: own, channels: 'BGR' } })).toEqual([
    'Which of its 3 outputs is which class is listed in the recipe.',
    'It gets images of 64 × 64 pixels, values normalised by mean 0.1 0.2 0.3 and standard deviation 1 1 1, channels in the order blue, green, red.',
  ]);
  const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
  expect(sentences({ classes: '/tables/map.csv', hints: { values: half } })).toEqual([
    'Which of its outputs is which class is listed in “map.csv”.',
    'It gets values from -1 to 1.',
  ]);
});
