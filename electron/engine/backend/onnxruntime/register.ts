import * as tf from '@tensorflow/tfjs-core';
import '../tfjs.ts';
import { backendName, OnnxRuntimeBackend } from './backend.ts';
import { adamUpdate, adamUpdates } from './kernels/adam.ts';
import { averageUpdates } from './kernels/average.ts';
import { batchNormInference, batchNormTrain, batchNormTrainGrad } from './kernels/batch-norm.ts';
import {
  addBias,
  addBiasGrad,
  gateChannels,
  gateChannelsGrad,
  scaleChannels,
  scaleChannelsGrad,
} from './kernels/channel-kernels.ts';
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput } from './kernels/convolution/index.ts';
import {
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
} from './kernels/depthwise.ts';
import { addN, elementwise } from './kernels/elementwise.ts';
import { fusedKernels } from './kernels/fused.ts';
import { layerNorm, layerNormGrad } from './kernels/layer-norm.ts';
import { crossEntropy, softTargets } from './kernels/losses.ts';
import { batchMatMul } from './kernels/matmul.ts';
import { nonlinear, nonlinearGrad } from './kernels/nonlinear.ts';
import { oneHot } from './kernels/one-hot.ts';
import { globalAveragePool, globalAveragePoolGrad, maxPool, maxPoolGrad } from './kernels/pooling.ts';
import { reductions } from './kernels/reduction.ts';
import { sgdUpdates } from './kernels/sgd.ts';
import { concat, split } from './kernels/shape.ts';
import { probeBlock } from './block-size.ts';
import { registerList, registerNative } from './register-native.ts';
import { probe } from './probe.ts';

/** One line a native kernel; what is not here runs in JavaScript. */
const natives = [
  conv2d,
  conv2dBackpropInput,
  conv2dBackpropFilter,
  depthwiseConv2d,
  depthwiseConv2dBackpropInput,
  depthwiseConv2dBackpropFilter,
  batchMatMul,
  ...fusedKernels,
  maxPool,
  maxPoolGrad,
  globalAveragePool,
  globalAveragePoolGrad,
  batchNormTrain,
  batchNormTrainGrad,
  batchNormInference,
  crossEntropy,
  oneHot,
  softTargets,
  adamUpdate,
  nonlinear,
  nonlinearGrad,
  addBias,
  addBiasGrad,
  scaleChannels,
  scaleChannelsGrad,
  gateChannels,
  gateChannelsGrad,
  layerNorm,
  layerNormGrad,
  ...elementwise,
  ...reductions,
  split,
];

const lists = [
  ['AddN', addN],
  ['Concat', concat],
  ['AdamUpdates', adamUpdates],
  ['SgdUpdates', sgdUpdates],
  ['AverageUpdates', averageUpdates],
] as const;

let registered = false;

/**
 * Makes the backend known to tfjs under the name 'onnxruntime'. Throws where the native library cannot be loaded or does not
 * compute; nothing is registered then.
 */
export function registerOnnxRuntime(): void {
  if (registered) return;
  probe();
  probeBlock();
  tf.registerBackend(backendName, () => new OnnxRuntimeBackend(), 1);
  for (const kernel of tf.getKernelsForBackend('cpu')) tf.registerKernel({ ...kernel, backendName });
  for (const kernel of natives) registerNative(kernel);
  for (const [name, kernel] of lists) registerList(name, kernel);
  registered = true;
}
