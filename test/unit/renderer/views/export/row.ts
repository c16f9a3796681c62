import type { ExportRow } from '../../../../../electron/contract/result.ts';

/** What a check gives, with nothing to find fault with. */
export const exportRow = (change: Partial<ExportRow> = {}): ExportRow => ({
  format: 'onnx',
  role: 'student',
  file: 'signs-1-student.onnx',
  bytes: 1000,
  runtime: 'onnxruntime-node 1.30.0',
  n: 100,
  accuracy: 0.9,
  f1Macro: 0.9,
  logLoss: 0.3,
  agreement: 1,
  largestDifference: 0,
  latency: { ms: 1, low: 1, high: 1 },
  findings: [],
  notes: [],
  ...change,
});
