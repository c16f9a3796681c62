import * as tf from '@tensorflow/tfjs-core';
import { OnnxRuntimeBackend } from './onnxruntime/backend.ts';
import { blockSize } from './onnxruntime/block-size.ts';
import { onnxRuntimeVersion } from './onnxruntime/binding.ts';

/** To be raised where our kernels come to sum in another order, or to other formulations. */
const revision = 1;

/**
 * What the last digits of the chosen backend's results depend on besides its name: the library's version, the processor's block of
 * channels, our kernels. For keys of what is kept.
 */
export function arithmetic(): string {
  if (!(tf.backend() instanceof OnnxRuntimeBackend)) return `tfjs ${tf.version_core}, kernels ${revision}`;
  return `onnxruntime-node ${onnxRuntimeVersion()}, block ${blockSize()}, kernels ${revision}`;
}
