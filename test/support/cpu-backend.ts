import * as tf from '@tensorflow/tfjs-core';
import '../../electron/engine/backend/tfjs.ts';

/** The JavaScript reference backend, with every gradient registered. */
export async function useCpuBackend(): Promise<void> {
  await tf.setBackend('cpu');
  await tf.ready();
}
