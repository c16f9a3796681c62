import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Attributes, NativeKernel } from '../kernel.ts';
import { size } from '../kernel.ts';
import type { Emitter } from '../emitter.ts';
import { blockedDims, blockedValue, plainValue, type Value } from '../layout.ts';
import { filledChannels, withoutFilling } from './convolution/filled.ts';
import type { ConvAttributes } from './convolution/geometry.ts';
import { sumRows } from './channels/sums.ts';
import { isSmallMap } from './convolution/ways.ts';
import { stridedMaxPoolGradient } from './pool-gradient.ts';
import { maxPoolGradientByTaps } from './taps.ts';

function poolInfo(shape: readonly number[], attributes: Attributes): tf.backend_util.Conv2DInfo {
  const { strides, pad, dimRoundingMode } = attributes as unknown as ConvAttributes;
  const filterSize = attributes['filterSize'] as [number, number] | number;
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** ONNX has no ceiling of its own kind, and its pads must be smaller than the window. */
function acceptsPool(x: TensorInfo, attributes: Attributes): boolean {
  const info = poolInfo(x.shape, attributes);
  const { top, bottom, left, right } = info.padInfo;
  const floor = (length: number, window: number, stride: number, begin: number, end: number) =>
    Math.floor((length + begin + end - window) / stride) + 1;
  return (
    x.dtype === 'float32' &&
    size(info.outShape) > 0 &&
    Math.max(top, bottom) < info.filterHeight &&
    Math.max(left, right) < info.filterWidth &&
    floor(info.inHeight, info.filterHeight, info.strideHeight, top, bottom) === info.outHeight &&
    floor(info.inWidth, info.filterWidth, info.strideWidth, left, right) === info.outWidth
  );
}

const windowOf = (info: tf.backend_util.Conv2DInfo) => ({
  kernel_shape: [info.filterHeight, info.filterWidth],
  strides: [info.strideHeight, info.strideWidth],
  pads: [info.padInfo.top, info.padInfo.left, info.padInfo.bottom, info.padInfo.right],
});

/** Whether an image has a block of channels and more: what is left of another block is filled up with zeros. */
const isWorthBlocks = (e: Emitter, { shape }: Value): boolean => e.block !== null && shape[3]! >= e.block;

export const maxPool: NativeKernel = {
  name: 'MaxPool',
  inputs: ['x'],
  accepts: ([x], attributes) => acceptsPool(x!, attributes),
  outputs: ([x], attributes) => [{ shape: poolInfo(x!.shape, attributes).outShape, dtype: 'float32' }],
  emit: (e, [x], attributes, [output]) => {
    const window = windowOf(poolInfo(x!.shape, attributes));
    if (isWorthBlocks(e, x!)) {
      const image = filledChannels(e, x!, 3);
      const pooled = blockedValue(
        output!.shape.with(3, image.shape[3]!),
        e.blockedOp('MaxPool', [e.blocked(image)], window),
      );
      return [withoutFilling(e, pooled, x!.shape[3]!)];
    }
    const y = e.op('MaxPool', [e.channelsFirst(x!)], window);
    return [plainValue(output!.shape, e.op('Transpose', [y], { perm: [0, 2, 3, 1] }))];
  },
};

/** The window if it is one of those of `stridedMaxPoolGradient`. */
function stridedWindow(info: tf.backend_util.Conv2DInfo): 2 | 3 | null {
  const { filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth, padInfo } = info;
  const window = filterHeight === 2 || filterHeight === 3 ? filterHeight : null;
  const fits =
    window !== null &&
    filterWidth === window &&
    [strideHeight, strideWidth].every((stride) => stride === 2) &&
    [padInfo.top, padInfo.left].every((padding) => padding === window - 2) &&
    [inHeight, inWidth].every((length) => length % 2 === 0) &&
    info.outHeight * 2 === inHeight &&
    info.outWidth * 2 === inWidth;
  return fits ? window : null;
}

/** Every window's gradient goes to the place of its first maximum, as tfjs and PyTorch have it. */
export const maxPoolGrad: NativeKernel = {
  name: 'MaxPoolGrad',
  inputs: ['dy', 'input', 'output'],
  accepts: ([dy, x], attributes) => dy!.dtype === 'float32' && acceptsPool(x!, attributes),
  outputs: ([, x]) => [{ shape: x!.shape, dtype: 'float32' }],
  emit: (e, inputs, attributes) => {
    const [dy, x, y] = inputs as [Value, Value, Value];
    const shape = x.shape as [number, number, number, number];
    const info = poolInfo(shape, attributes);
    if (!e.target.poolIndices) return [maxPoolGradientByTaps(e, dy, x, y, info)];
    const window = stridedWindow(info);
    const [n, h, w, c] = shape;
    if (window !== null && isWorthBlocks(e, x)) {
      const [gradient, image] = [filledChannels(e, dy, 3), filledChannels(e, x, 3)];
      const filled = [n, h, w, image.shape[3]!] as const;
      const dx = stridedMaxPoolGradient(e, e.blocked(gradient), e.blocked(image), filled, window);
      return [withoutFilling(e, blockedValue(filled, dx), c)];
    }
    const [, places] = e.graph.nodes('MaxPool', [e.channelsFirst(x)], 2, windowOf(info));
    const flat = (name: string) => e.reshape(name, [-1]);
    const zeros = e.op('ConstantOfShape', [e.ints(n * c * h * w)]);
    const scattered = e.graph.node('ScatterElements', [zeros, flat(places!), flat(e.channelsFirst(dy))], {
      axis: 0,
      reduction: 'add',
    });
    const image = e.reshape(scattered, [n, c, h, w]);
    if (e.canBlock(x))
      return [blockedValue(x.shape, e.blockedOp('ReorderInput', [image], { channels_last: 0 }))];
    return [plainValue(x.shape, e.op('Transpose', [image], { perm: [0, 2, 3, 1] }))];
  },
};

export const globalAveragePool: NativeKernel = {
  name: 'GlobalAveragePool',
  inputs: ['x'],
  outputs: ([x]) => [{ shape: [x!.shape[0]!, x!.shape[3]!], dtype: 'float32' }],
  emit: (e, [x]) => {
    const [n, h, w, c] = x!.shape as [number, number, number, number];
    if (x!.blocked !== null)
      return [plainValue([n, c], e.reshape(e.blockedOp('GlobalAveragePool', [x!.blocked]), [n, c]))];
    return [plainValue([n, c], sumRows(e, e.plainAs(x!, [n, h * w, c]), h * w, 1 / (h * w)))];
  },
};

export const globalAveragePoolGrad: NativeKernel = {
  name: 'GlobalAveragePoolGrad',
  inputs: ['dy'],
  outputs: (_, attributes) => [{ shape: attributes['shape'] as number[], dtype: 'float32' }],
  emit: (e, [dy], attributes) => {
    const shape = attributes['shape'] as [number, number, number, number];
    const [n, h, w, c] = shape;
    const share = e.op('Mul', [e.plain(dy!), e.scalar(1 / (h * w))]);
    if (e.canBlock({ shape, dtype: 'float32' }) && !isSmallMap(h, w)) {
      const blocks = e.reshape(share, [n, c / e.block!, 1, e.block!]);
      const spread = e.op('Expand', [blocks, e.ints(n, c / e.block!, h * w, e.block!)]);
      return [blockedValue(shape, e.reshape(spread, blockedDims(shape)))];
    }
    return [plainValue(shape, e.op('Expand', [e.reshape(share, [n, 1, 1, c]), e.graph.ints(shape)]))];
  },
};
