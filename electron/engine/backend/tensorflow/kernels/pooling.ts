import * as tf from '@tensorflow/tfjs-core';
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorflowKernel } from '../kernel.ts';
import type { OpAttributes } from '../ops.ts';
import { explicitPadding, isExplicit, type WindowAttributes } from './padding.ts';

interface PoolAttributes extends WindowAttributes {
  filterSize: [number, number] | number;
}

function poolInfo(shape: readonly number[], attributes: NamedAttrMap): tf.backend_util.Conv2DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as NamedAttrMap & PoolAttributes;
  const image = shape as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(image, filterSize, strides, 1, pad, dimRoundingMode);
}

function windowOf(info: tf.backend_util.Conv2DInfo): OpAttributes {
  const padding = explicitPadding(info);
  return {
    string: { ...padding.string, data_format: 'NHWC' },
    int: {
      ...padding.int,
      ksize: [1, info.filterHeight, info.filterWidth, 1],
      strides: [1, info.strideHeight, info.strideWidth, 1],
    },
  };
}

/** tfjs-node's own refuses explicit padding; TensorFlow's operation has it. */
export const maxPool: TensorflowKernel = {
  name: 'MaxPool',
  accepts: ({ x }, attributes) => isExplicit(poolInfo(x!.shape, attributes)),
  compute: (ops, { x }, attributes) => [ops.one('MaxPool', [x!], windowOf(poolInfo(x!.shape, attributes)))],
};

export const maxPoolGrad: TensorflowKernel = {
  name: 'MaxPoolGrad',
  accepts: ({ input }, attributes) => isExplicit(poolInfo(input!.shape, attributes)),
  compute: (ops, inputs, attributes) => {
    const { dy, input, output } = inputs as Record<string, TensorInfo>;
    return [ops.one('MaxPoolGrad', [input!, output!, dy!], windowOf(poolInfo(input!.shape, attributes)))];
  },
};

/** x [n,h,w,c] -> [n,c]. */
export const globalAveragePool: TensorflowKernel = {
  name: 'GlobalAveragePool',
  compute: (ops, { x }) => [ops.one('Mean', [x!, ops.ints([1, 2])], { bool: { keep_dims: false } })],
};

export const globalAveragePoolGrad: TensorflowKernel = {
  name: 'GlobalAveragePoolGrad',
  compute: (ops, { dy }, attributes) => {
    const shape = attributes['shape'] as [number, number, number, number];
    const [n, h, w, c] = shape;
    const share = ops.mul(ops.reshape(dy!, [n, 1, 1, c]), 1 / (h * w));
    return [ops.one('BroadcastTo', [share, ops.ints(shape)])];
  },
};
