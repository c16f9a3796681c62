import { type ExportFormat, precisionOf } from '../../../electron/contract/exports.ts';
import { descriptorOf } from '../../export-formats.ts';

/** What a network weighs before it is written, in bytes. */
export interface NetworkBytes {
  /** As float32. */
  float: number;
  /** As int8, with what stays in more bits; null before it is known. */
  int8: number | null;
}

/** About how large a format's file will be; null for what is not mainly weights. */
export function estimatedBytes(format: ExportFormat, { float, int8 }: NetworkBytes): number | null {
  const { of, destination } = descriptorOf(format);
  if (of !== 'network' || format === 'web-demo') return null;
  if (destination === 'microcontroller') return int8;
  return { float32: float, fp16: float / 2, int8 }[precisionOf(format)];
}
