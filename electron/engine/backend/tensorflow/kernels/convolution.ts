import * as tf from '@tensorflow/tfjs-core';
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Inputs, TensorflowKernel } from '../kernel.ts';
import type { Ops } from '../ops.ts';
import { explicitPadding, isExplicit, type WindowAttributes } from './padding.ts';

/** Gradients of convolutions with explicit padding, which tfjs-node's own kernels refuse and TensorFlow's operations have. */

interface ConvAttributes extends WindowAttributes {
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  /** Of the tensor whose gradient is computed: the one of these two that is no input. */
  inputShape?: number[];
  filterShape?: number[];
}

type Shape4 = [number, number, number, number];

function convInfo(inputs: Inputs, attributes: NamedAttrMap, depthwise: boolean): tf.backend_util.Conv2DInfo {
  const { strides, pad, dilations, dimRoundingMode, dataFormat, inputShape, filterShape } =
    attributes as NamedAttrMap & ConvAttributes;
  return tf.backend_util.computeConv2DInfo(
    (inputShape ?? inputs['x']!.shape) as Shape4,
    (filterShape ?? inputs['filter']!.shape) as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC'),
  );
}

/** The gradient `name` of a convolution; `operands` orders its inputs as TensorFlow's operation of that name wants them. */
function gradient(
  name: string,
  depthwise: boolean,
  operands: (ops: Ops, inputs: Record<string, TensorInfo>, info: tf.backend_util.Conv2DInfo) => TensorInfo[],
): TensorflowKernel {
  return {
    name,
    accepts: (inputs, attributes) => isExplicit(convInfo(inputs, attributes, depthwise)),
    compute: (ops, inputs, attributes) => {
      const info = convInfo(inputs, attributes, depthwise);
      const padding = explicitPadding(info);
      const result = ops.one(name, operands(ops, inputs as Record<string, TensorInfo>, info), {
        string: { ...padding.string, data_format: 'NHWC' },
        int: {
          ...padding.int,
          strides: [1, info.strideHeight, info.strideWidth, 1],
          dilations: [1, info.dilationHeight, info.dilationWidth, 1],
        },
      });
      return [result];
    },
  };
}

const byInput = (name: string, depthwise: boolean): TensorflowKernel =>
  gradient(name, depthwise, (ops, { dy, filter }, info) => [ops.ints(info.inShape), filter!, dy!]);

const byFilter = (name: string, depthwise: boolean): TensorflowKernel =>
  gradient(name, depthwise, (ops, { x, dy }, info) => [x!, ops.ints(info.filterShape), dy!]);

export const convolutionGradients: readonly TensorflowKernel[] = [
  byInput('Conv2DBackpropInput', false),
  byFilter('Conv2DBackpropFilter', false),
  byInput('DepthwiseConv2dNativeBackpropInput', true),
  byFilter('DepthwiseConv2dNativeBackpropFilter', true),
];
