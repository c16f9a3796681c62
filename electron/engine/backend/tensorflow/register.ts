import * as tf from '@tensorflow/tfjs-core';
import '../tfjs.ts';
import type { Installation } from './installation.ts';
import { adamUpdate } from './kernels/adam.ts';
import { batchNormInference, batchNormTrain, batchNormTrainGrad } from './kernels/batch-norm.ts';
import { convolutionGradients } from './kernels/convolution.ts';
import { crossEntropy, softTargets } from './kernels/losses.ts';
import { globalAveragePool, globalAveragePoolGrad, maxPool, maxPoolGrad } from './kernels/pooling.ts';
import { loadAddon, loadPackage, packageName } from './node-package.ts';
import { registerTensorflowKernel } from './kernel.ts';

const kernels = [
  ...convolutionGradients,
  maxPool,
  maxPoolGrad,
  globalAveragePool,
  globalAveragePoolGrad,
  batchNormTrain,
  batchNormTrainGrad,
  batchNormInference,
  crossEntropy,
  softTargets,
  adamUpdate,
];

/** The TensorFlow that was loaded. */
export interface LoadedTensorflow {
  version: string;
  /** Whether it computes on a GPU; else on the processor. */
  gpu: boolean;
}

let loaded: LoadedTensorflow | null = null;

/** Threads of TensorFlow's CPU operations. It counts only before TensorFlow is loaded. */
export function setTensorflowThreads(threads: number): void {
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
}

/**
 * Loads an installation and makes its backend known to tfjs under the name 'tensorflow', with our kernels. Throws where a
 * library is missing; nothing is registered then.
 */
export function registerTensorflow({ addon: file, packageFolder }: Installation): LoadedTensorflow {
  if (loaded) return loaded;
  // Errors only, unless asked for: what else matters is in `doctor`.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const addon = loadAddon(file);
  const NodeBackend = loadPackage(packageFolder);
  for (const kernel of kernels) registerTensorflowKernel(kernel);
  tf.registerBackend('tensorflow', () => new NodeBackend(addon, packageName), 3);
  loaded = { version: addon.TF_Version, gpu: addon.isUsingGpuDevice() };
  return loaded;
}
