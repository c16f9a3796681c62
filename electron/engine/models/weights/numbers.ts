import { DistillError } from '../../../contract/errors.ts';
import type { WeightsReport } from './match.ts';
import type { TensorMap } from './tensor-data.ts';

function faultOf(name: string, data: Float32Array): string | null {
  const isVariance = name.endsWith('running_var');
  for (const value of data) {
    if (Number.isNaN(value)) return 'holds NaN';
    if (!Number.isFinite(value)) return 'holds an infinite number';
    if (isVariance && value < 0) return `holds ${value}, and no variance is below zero`;
  }
  return null;
}

/** Throws WEIGHTS_CORRUPT, naming the tensor, where a network's tensors hold numbers that no network can work with. */
export function checkNumbers({ adopted }: WeightsReport, weights: TensorMap, file: string): void {
  for (const name of adopted.names.values()) {
    const fault = faultOf(name, weights.get(name)!.data);
    if (fault === null) continue;
    throw new DistillError(
      'WEIGHTS_CORRUPT',
      `The tensor "${name}" in the weights file "${file}" ${fault}.`,
      'The training that made it diverged, or the file was damaged: take an earlier checkpoint.',
    );
  }
}
