import { isRecording } from './backend.ts';
import { type Inputs, size } from './kernel.ts';

/** Below this many elements a JavaScript kernel is faster than a call into the library (7-9 microseconds). */
let smallest = 2048;

/** For tests: forces (0) or avoids native element-wise kernels on small tensors. */
export function setSmallestNative(elements: number): void {
  smallest = elements;
}

/**
 * float32 throughout, nothing empty, and large enough to be worth a native call. While a step is traced all sizes are: a
 * kernel in JavaScript ends the trace.
 */
export function isLargeFloat(inputs: Inputs): boolean {
  let largest = 0;
  for (const input of inputs) {
    if (!input) continue;
    if (input.dtype !== 'float32') return false;
    const elements = size(input.shape);
    if (elements === 0) return false;
    largest = Math.max(largest, elements);
  }
  return largest > (isRecording() ? 0 : smallest);
}
