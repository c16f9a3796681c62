import type { NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Activation } from '../../ops/batch-norm.ts';
import type { TensorflowKernel } from '../kernel.ts';
import type { Ops } from '../ops.ts';

/** ops/batch-norm.ts by TensorFlow's FusedBatchNormV3, which takes images: [..., c] becomes [n, 1, 1, c]. */

function asImage(ops: Ops, x: TensorInfo): TensorInfo {
  if (x.shape.length === 4) return x;
  const channels = x.shape.at(-1)!;
  return ops.reshape(x, [-1, 1, 1, channels]);
}

const like = (ops: Ops, y: Tensor, shape: readonly number[]): Tensor =>
  y.shape.length === shape.length ? y : ops.reshape(y, shape);

function activated(ops: Ops, y: Tensor, skip: TensorInfo | undefined, activation: Activation): Tensor {
  const sum = skip ? ops.one('AddV2', [y, skip]) : y;
  if (activation === 'none') return sum;
  return ops.one(activation === 'relu' ? 'Relu' : 'Relu6', [sum]);
}

const activationOf = (attributes: NamedAttrMap) => attributes['activation'] as Activation;

/**
 * Results: y; the batch's mean and its variance (on a GPU its inverse deviation), as the gradient wants them; the running mean
 * and (unbiased) variance; what cuDNN keeps for the gradient.
 */
export const batchNormTrain: TensorflowKernel = {
  name: 'BatchNormTrain',
  compute: (ops, inputs, attributes) => {
    const { x, gamma, beta, runningMean, runningVariance, skip } = inputs as Record<string, TensorInfo>;
    const { epsilon, momentum } = attributes as { epsilon: number; momentum: number };
    const [y, mean, variance, saved1, saved2, saved3] = ops.all(
      'FusedBatchNormV3',
      [asImage(ops, x!), gamma!, beta!, runningMean!, runningVariance!],
      6,
      {
        float: { epsilon, exponential_avg_factor: 1 - momentum },
        bool: { is_training: true },
        string: { data_format: 'NHWC' },
      },
    ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    const result = activated(ops, like(ops, y, x!.shape), skip, activationOf(attributes));
    return [result, saved1, saved2, mean, variance, saved3];
  },
};

/** Results: the gradients by x, gamma and beta, and by the shortcut where there was one. */
export const batchNormTrainGrad: TensorflowKernel = {
  name: 'BatchNormTrainGrad',
  compute: (ops, inputs, attributes) => {
    const { dy, y, x, gamma, mean, invStd, reserve } = inputs as Record<string, TensorInfo>;
    const activation = activationOf(attributes);
    const gradient = activation === 'relu' ? 'ReluGrad' : 'Relu6Grad';
    const dz = activation === 'none' ? dy! : ops.one(gradient, [dy!, y!]);
    const [dx, dgamma, dbeta] = ops.all(
      'FusedBatchNormGradV3',
      [asImage(ops, dz), asImage(ops, x!), gamma!, mean!, invStd!, reserve!],
      5,
      {
        float: { epsilon: attributes['epsilon'] as number },
        bool: { is_training: true },
        string: { data_format: 'NHWC' },
      },
    ) as [Tensor, Tensor, Tensor];
    const results = [like(ops, dx, x!.shape), dgamma, dbeta];
    if (attributes['skip'] !== true) return results;
    return [...results, activation === 'none' ? ops.one('Identity', [dz]) : (dz as Tensor)];
  },
};

/** With the running statistics; without a gradient. */
export const batchNormInference: TensorflowKernel = {
  name: 'BatchNormInference',
  compute: (ops, inputs, attributes) => {
    const { x, gamma, beta, mean, variance, skip } = inputs as Record<string, TensorInfo>;
    const [y] = ops.all('FusedBatchNormV3', [asImage(ops, x!), gamma!, beta!, mean!, variance!], 6, {
      float: { epsilon: attributes['epsilon'] as number },
      bool: { is_training: false },
      string: { data_format: 'NHWC' },
    });
    return [activated(ops, like(ops, y!, x!.shape), skip, activationOf(attributes))];
  },
};
