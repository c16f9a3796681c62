import * as tf from '@tensorflow/tfjs-core';
import type { TraceMode } from '../../contract/runtime.ts';
import { OnnxRuntimeBackend } from './onnxruntime/backend.ts';

export { isRecording } from './onnxruntime/backend.ts';
export type { Replay } from './onnxruntime/step-parts.ts';
export { traceStep } from './onnxruntime/trace-step.ts';

/** Whether the chosen backend can record a step and replay it as one graph. */
export const canTrace = (): boolean => tf.backend() instanceof OnnxRuntimeBackend;

/** Whether training steps are replayed as one graph. */
export const tracesSteps = (mode: TraceMode): boolean => mode !== 'off' && canTrace();

/** In a sentence, why steps are not replayed that were asked to be ('on'); null where the backend can, or need not. */
export function traceRefusal(mode: TraceMode): string | null {
  if (mode !== 'on' || canTrace()) return null;
  return `Steps run kernel by kernel despite --trace on: only the onnxruntime backends replay them as one graph, and this is ${tf.getBackend()}.`;
}

/** Whether a forward pass alone is worth a graph: not where graphs run on a device, to which each would take its weights. */
export function canTraceForward(): boolean {
  const backend = tf.backend();
  return backend instanceof OnnxRuntimeBackend && backend.target.provider === 'cpu';
}
