import type { ExportRow } from '../contract/result.ts';
import { bytes, latency, percent, table } from './format.ts';

const head = ['', 'size', 'accuracy', 'F1 macro', 'log loss', 'agreement', 'difference', 'one image'];

/** A run's exported networks, as they did on its test images; nothing where none was checked. */
export function exportRowsText(rows: readonly ExportRow[]): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map((row) => [
    row.role === 'student' ? row.format : `${row.format} (${row.role})`,
    bytes(row.bytes),
    percent(row.accuracy),
    percent(row.f1Macro),
    row.logLoss.toFixed(4),
    percent(row.agreement),
    row.largestDifference.toPrecision(2),
    latency(row.latency),
  ]);
  const remarks = rows.flatMap(({ format, findings, notes }) => [
    ...findings.map((text) => `warning: ${format}: ${text}`),
    ...notes.map((text) => `${format}: ${text}`),
  ]);
  return ['', table([head, ...lines], 'lr'), ...(remarks.length > 0 ? ['', ...remarks] : [])];
}
