import * as tf from '@tensorflow/tfjs-core';
import { backendName } from '../onnxruntime/backend.ts';
import { registerOnnxRuntime } from '../onnxruntime/register.ts';
import { WebGpuBackend } from './backend.ts';

export const webGpuName = 'onnxruntime-webgpu';

let registered = false;

/** Makes the backend known to tfjs, with the kernels of 'onnxruntime'. Does not look for a GPU: `webGpuFinding` does. */
export function registerWebGpu(): void {
  if (registered) return;
  registerOnnxRuntime();
  tf.registerBackend(webGpuName, () => new WebGpuBackend(), 0);
  for (const kernel of tf.getKernelsForBackend(backendName))
    tf.registerKernel({ ...kernel, backendName: webGpuName });
  registered = true;
}
