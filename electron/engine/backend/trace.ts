import * as tf from '@tensorflow/tfjs-core';
import { OnnxRuntimeBackend } from './onnxruntime/backend.ts';

export { traceStep, type Replay } from './onnxruntime/traced-step.ts';

/** Whether the chosen backend can record a step and replay it as one graph. */
export const canTrace = (): boolean => tf.backend() instanceof OnnxRuntimeBackend;
