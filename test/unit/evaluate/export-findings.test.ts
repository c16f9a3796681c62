import { describe, expect, test } from 'vitest';
import type { ExportFormat } from '../../../electron/contract/exports.ts';
import type { ExportRow } from '../../../electron/contract/result.ts';
import { exportFindings, fallsShort } from '../../../electron/engine/evaluate/export-findings.ts';
import { logLoss } from '../../../electron/engine/evaluate/metrics.ts';
import { clippedForLoss } from '../../../electron/engine/evaluate/quantised.ts';
import { predictions } from './fakes.ts';

type Figures = Partial<Omit<ExportRow, 'findings' | 'notes'>>;

const row = (format: string, figures: Figures = {}) => ({
  format: format as ExportFormat,
  role: 'student' as const,
  file: 'r-student',
  bytes: 1,
  runtime: 'a runtime',
  n: 6315,
  accuracy: 0.95,
  f1Macro: 0.9,
  logLoss: 0.2,
  agreement: 1,
  largestDifference: 0,
  latency: { ms: 1, low: 1, high: 1 },
  ...figures,
});

describe('a file falls short of its network', () => {
  test.each<[string, Figures, number, boolean]>([
    ['onnx', { largestDifference: 0.001, agreement: 0.999 }, 0.95, false],
    ['onnx', { largestDifference: 0.0011 }, 0.95, true],
    ['onnx', { agreement: 0.9989 }, 0.95, true],
    ['onnx', { largestDifference: Number.NaN }, 0.95, true],
    ['tfjs', { largestDifference: 0.2 }, 0.95, true],
    ['onnx-fp16', { largestDifference: 0.2, agreement: 0.99, accuracy: 0.949 }, 0.9499, false],
    ['onnx-fp16', { accuracy: 0.948 }, 0.9491, true],
    ['onnx-int8', { accuracy: 0.9451, agreement: 0.9 }, 0.95, false],
    ['onnx-int8', { accuracy: 0.9449 }, 0.95, true],
    ['tflite-int8', { accuracy: 0.97 }, 0.95, false],
  ])('%s with %j beside %d: %j', (format, figures, accuracy, expected) => {
    expect(fallsShort({ row: row(format, figures), accuracy })).toBe(expected);
  });
});

test('int8 that is slower than float is reported, where its users run it by what was timed', () => {
  const float = row('onnx');
  const int8 = row('onnx-int8', { latency: { ms: 1.25, low: 1, high: 2 } });
  const evaluated = { row: int8, accuracy: 0.95, slips: [], isTimed: true };
  expect(
    exportFindings(evaluated, [row('tflite', { latency: { ms: 0.1, low: 0.1, high: 0.1 } }), float]),
  ).toEqual([
    'It is slower than the float32 file here: 1.3 ms against 1 ms an image. Use the float32 file on such processors, unless size matters more.',
  ]);
  expect(exportFindings(evaluated, [int8], [float])).toHaveLength(1);
  expect(exportFindings(evaluated, [{ ...float, latency: { ms: 2, low: 2, high: 2 } }], [float])).toEqual([]);
  expect(exportFindings({ ...evaluated, isTimed: false }, [float])).toEqual([]);
  expect(exportFindings(evaluated, [{ ...float, role: 'teacher' }])).toEqual([]);
  expect(exportFindings(evaluated, [{ ...float, latency: { ms: 2, low: 2, high: 2 } }])).toEqual([]);
});

test('what was lost comes with its limit and what to do', () => {
  const evaluated = { row: row('onnx-int8', { accuracy: 0.94 }), accuracy: 0.95, slips: [], isTimed: true };
  expect(exportFindings(evaluated, [])).toEqual([
    'It loses 1 point of accuracy: 94.00 % of the test images are right, 95.00 % with the network itself (expected: a loss of at most 0.5 points). Allow a smaller loss ("What int8 may lose", --max-loss), so that more layers stay in float, or use the float16 file.',
  ]);
});

test('probabilities in steps of 1/256 count at least half a step in the log loss', () => {
  const quantised = predictions(
    [0, 1],
    [
      [255 / 256, 0],
      [1, 0],
    ],
  );
  const { predictions: clipped, note } = clippedForLoss(quantised);
  expect(note).toMatch(/1\/256.*0 counts as 1\/512/);
  expect(logLoss(clipped)).toBeCloseTo((-Math.log(255 / 256) - Math.log(1 / 512)) / 2, 6);
  const exact = predictions([0], [[0.3, 0.7]]);
  expect(clippedForLoss(exact)).toEqual({ predictions: exact, note: null });
});
