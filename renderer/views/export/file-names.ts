import { type ExportFormat, precisionOf } from '../../../electron/contract/exports.ts';
import type { ExportRow } from '../../../electron/contract/result.ts';
import type { Role } from '../../../electron/contract/run.ts';
import { baseName } from '../../format.ts';

/** What the name of a network's file or folder ends in: `-int8.onnx`, `-pytorch`. */
export function nameEnding(format: ExportFormat): string {
  if (format === 'web-demo') return '-web';
  const kind = format.replace(/-(fp16|int8)$/, '');
  const precision = precisionOf(format);
  if (kind !== 'onnx' && kind !== 'tflite' && kind !== 'safetensors') return `-${format}`;
  return `${precision === 'float32' ? '' : `-${precision}`}.${kind}`;
}

export interface Made {
  rows: readonly ExportRow[];
  /** Absolute paths. */
  files: readonly string[];
  /** What names begin with where nothing was made yet. */
  run: string;
}

/** The name of a network's export: as it was made, or as it will be. */
export function exportFile(format: ExportFormat, role: Role, { rows, files, run }: Made): string {
  const ending = `-${role}${nameEnding(format)}`;
  const row = rows.find((one) => one.format === format && one.role === role);
  return row?.file ?? files.map(baseName).find((name) => name.endsWith(ending)) ?? `${run}${ending}`;
}
