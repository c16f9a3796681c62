import * as tf from '@tensorflow/tfjs-core';
import type { KernelConfig, NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** Names of our own kernels, registered by the backends that have them. */
export type FusedKernel =
  | 'BatchNormTrain'
  | 'BatchNormTrainGrad'
  | 'BatchNormInference'
  | 'GlobalAveragePool'
  | 'GlobalAveragePoolGrad'
  | 'CrossEntropy'
  | 'LogSoftmax'
  | 'SoftTargets'
  | 'AdamUpdate'
  | 'AdamUpdates'
  | 'SgdUpdates'
  | 'AverageUpdates'
  | 'Nonlinear'
  | 'NonlinearGrad'
  | 'AddBias'
  | 'AddBiasGrad'
  | 'ScaleChannels'
  | 'ScaleChannelsGrad'
  | 'GateChannels'
  | 'GateChannelsGrad'
  | 'LayerNorm'
  | 'LayerNormGrad';

/** Whether the chosen backend has its own kernel of this name. */
export function hasKernel(name: FusedKernel): boolean {
  // tfjs's type denies that there may be none.
  const kernel = tf.getKernel(name, tf.getBackend()) as KernelConfig | undefined;
  return kernel !== undefined;
}

export function runKernel(
  name: FusedKernel,
  inputs: NamedTensorMap,
  attributes: NamedAttrMap = {},
): Tensor[] {
  const result: Tensor | Tensor[] = tf.engine().runKernel(name, inputs, attributes);
  return Array.isArray(result) ? result : [result];
}
