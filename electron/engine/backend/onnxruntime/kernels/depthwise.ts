import type { Attributes, Inputs, NativeKernel } from '../kernel.ts';
import { size } from '../kernel.ts';
import type { Emitter } from '../emitter.ts';
import { blockedValue, plainValue, type Value } from '../layout.ts';
import { sumRows } from './channels/sums.ts';
import { type ConvInfo, convInfo, isFloat, reach } from './convolution/geometry.ts';
import { filledChannels, withoutFilling } from './convolution/filled.ts';
import { parityTaps } from './convolution/parity.ts';
import { interleave } from './planes.ts';
import { depthwiseByTaps, depthwiseFilterGradientByTaps, depthwiseInputGradientByTaps } from './taps.ts';

/**
 * Depthwise convolution (channel multiplier 1) and its gradients: blocked convolutions, tap by tap where there are none. Channels that
 * fill no whole blocks are filled up with zeros, on both sides.
 */

const depthwiseInfo = (input: readonly number[], filter: readonly number[], attributes: Attributes) =>
  convInfo(input, filter, attributes, true);

function isServed(input: readonly number[], filter: readonly number[], attributes: Attributes): boolean {
  if (filter[3] !== 1) return false;
  const info = depthwiseInfo(input, filter, attributes);
  return (
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    info.strideHeight === info.strideWidth &&
    size(info.outShape) > 0
  );
}

export const acceptsDepthwise = (inputs: Inputs, attributes: Attributes): boolean =>
  isFloat(inputs) && isServed(inputs[0]!.shape, inputs[1]!.shape, attributes);

/** [kh,kw,c,1] -> [c,1,kh,kw] in memory [c/B, kh, kw, B]. */
function blockFilter(e: Emitter, filter: string, channels: number, kh: number, kw: number): string {
  const b = e.block!;
  const split = e.reshape(filter, [kh, kw, channels / b, b]);
  return e.reshape(e.op('Transpose', [split], { perm: [2, 0, 1, 3] }), [channels, 1, kh, kw]);
}

/** Crops (negative) or extends bottom and right of a blocked image. */
function padBlocked(
  e: Emitter,
  x: string,
  [n, h, w, c]: readonly number[],
  bottom: number,
  right: number,
): string {
  const b = e.block!;
  const rows = e.reshape(x, [(n! * c!) / b, h!, w!, b]);
  const padded = e.op('Pad', [rows, e.ints(0, 0, 0, 0, 0, bottom, right, 0)]);
  return e.reshape(padded, [n!, c!, h! + bottom, w! + right]);
}

export function emitDepthwise(e: Emitter, x: Value, filter: Value, attributes: Attributes): Value {
  if (e.block === null)
    return depthwiseByTaps(e, x, filter, depthwiseInfo(x.shape, filter.shape, attributes));
  const [image, weights] = [filledChannels(e, x, 3), filledChannels(e, filter, 2)];
  const info = depthwiseInfo(image.shape, weights.shape, attributes);
  const { filterHeight: kh, filterWidth: kw, inChannels: c, padInfo: p } = info;
  const y = e.blockedOp('Conv', [e.blocked(image), blockFilter(e, e.plain(weights), c, kh, kw)], {
    kernel_shape: [kh, kw],
    strides: [info.strideHeight, info.strideWidth],
    pads: [p.top, p.left, p.bottom, p.right],
    group: c,
  });
  return withoutFilling(e, blockedValue(info.outShape, y), x.shape[3]!);
}

export const depthwiseConv2d: NativeKernel = {
  name: 'DepthwiseConv2dNative',
  inputs: ['x', 'filter'],
  accepts: acceptsDepthwise,
  outputs: ([x, filter], attributes) => [
    { shape: depthwiseInfo(x!.shape, filter!.shape, attributes).outShape, dtype: 'float32' },
  ],
  emit: (e, [x, filter], attributes) => [emitDepthwise(e, x!, filter!, attributes)],
};

/** dy with zeros put between its elements, for strides above 1: blocked [n, ho*s, wo*s, c]. */
function dilate(e: Emitter, dy: Value, stride: number): { name: string; height: number; width: number } {
  const [n, ho, wo, c] = dy.shape as [number, number, number, number];
  const b = e.block!;
  if (stride === 1) return { name: e.blocked(dy), height: ho, width: wo };
  const rows = e.reshape(e.blocked(dy), [(n * c) / b, ho, 1, wo, b]);
  const zeros = e.op('Pad', [rows, e.ints(0, 0, 0, 0, 0, 0, 0, stride - 1, 0, (stride - 1) * b)]);
  return {
    name: e.reshape(zeros, [n, c, ho * stride, wo * stride]),
    height: ho * stride,
    width: wo * stride,
  };
}

/**
 * The input gradient of stride 2 as four stride-1 convolutions of dy, one for each parity of row and column, interleaved; null
 * where a map is odd or a tap would reach too far.
 */
function interleavedGradient(e: Emitter, dy: Value, filter: string, info: ConvInfo): Value | null {
  const { inChannels: c, inHeight: h, inWidth: w, padInfo } = info;
  const { filterHeight: kh, filterWidth: kw, outHeight: ho, outWidth: wo } = info;
  if (info.strideHeight !== 2 || info.strideWidth !== 2 || h % 2 !== 0 || w % 2 !== 0) return null;
  const rows = [0, 1].map((r) => parityTaps(kh, padInfo.top, r, ho, h / 2));
  const columns = [0, 1].map((r) => parityTaps(kw, padInfo.left, r, wo, w / 2));
  const reachable = [...rows, ...columns].every(
    ({ taps, begin, end }) => taps.length > 0 && begin >= 0 && end >= 0,
  );
  if (!reachable) return null;
  const names = rows.flatMap((row) =>
    columns.map((column) => {
      const chosen = e.op('Gather', [filter, e.ints(...row.taps)], { axis: 0 });
      const taps = e.op('Gather', [chosen, e.ints(...column.taps)], { axis: 1 });
      const [height, width] = [row.taps.length, column.taps.length];
      return e.blockedOp('Conv', [e.blocked(dy), blockFilter(e, taps, c, height, width)], {
        kernel_shape: [height, width],
        strides: [1, 1],
        pads: [row.begin, column.begin, row.end, column.end],
        group: c,
      });
    }),
  );
  return interleave(e, info.inShape, { blocked: true, names });
}

const inputShapeOf = (attributes: Attributes) => attributes['inputShape'] as [number, number, number, number];
const filterShapeOf = (attributes: Attributes) =>
  attributes['filterShape'] as [number, number, number, number];

/** dy and filter in whole blocks. */
function blockedInputGradient(e: Emitter, dy: Value, filter: Value, attributes: Attributes): Value {
  const [n, h, w] = inputShapeOf(attributes);
  const c = dy.shape[3]!;
  const info = depthwiseInfo([n, h, w, c], filter.shape, attributes);
  const { filterHeight: kh, filterWidth: kw, padInfo } = info;
  const interleaved = interleavedGradient(e, dy, e.plain(filter), info);
  if (interleaved !== null) return interleaved;
  let { name, height, width } = dilate(e, dy, info.strideHeight);
  const [top, left] = [kh - 1 - padInfo.top, kw - 1 - padInfo.left];
  // What the full correlation would reach beyond the image is cropped beforehand: pads must not be negative.
  const bottom = Math.min(0, h - height + kh - 1 - top);
  const right = Math.min(0, w - width + kw - 1 - left);
  if (bottom < 0 || right < 0) {
    name = padBlocked(e, name, [n, height, width, c], bottom, right);
    height += bottom;
    width += right;
  }
  const rotated = e.op('Slice', [
    e.plain(filter),
    e.ints(-1, -1),
    e.ints(-1000, -1000),
    e.ints(0, 1),
    e.ints(-1, -1),
  ]);
  const dx = e.blockedOp('Conv', [name, blockFilter(e, rotated, c, kh, kw)], {
    kernel_shape: [kh, kw],
    strides: [1, 1],
    pads: [top, left, h - height + kh - 1 - top, w - width + kw - 1 - left],
    group: c,
  });
  return blockedValue(info.inShape, dx);
}

export const depthwiseConv2dBackpropInput: NativeKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  inputs: ['dy', 'filter'],
  accepts: (inputs, attributes) => {
    const shape = inputShapeOf(attributes);
    if (!isFloat(inputs) || !isServed(shape, inputs[1]!.shape, attributes)) return false;
    const info = depthwiseInfo(shape, inputs[1]!.shape, attributes);
    return info.padInfo.top < info.filterHeight && info.padInfo.left < info.filterWidth;
  },
  outputs: (_, attributes) => [{ shape: inputShapeOf(attributes), dtype: 'float32' }],
  emit: (e, [dy, filter], attributes) => {
    const shape = inputShapeOf(attributes);
    if (e.block === null) {
      const info = depthwiseInfo(shape, filter!.shape, attributes);
      return [depthwiseInputGradientByTaps(e, dy!, filter!, info)];
    }
    const [gradient, weights] = [filledChannels(e, dy!, 3), filledChannels(e, filter!, 2)];
    const dx = blockedInputGradient(e, gradient, weights, attributes);
    return [withoutFilling(e, dx, shape[3])];
  },
};

export const depthwiseConv2dBackpropFilter: NativeKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  inputs: ['x', 'dy'],
  accepts: (inputs, attributes) =>
    isFloat(inputs) && isServed(inputs[0]!.shape, filterShapeOf(attributes), attributes),
  outputs: (_, attributes) => [{ shape: filterShapeOf(attributes), dtype: 'float32' }],
  // One grouped convolution in which every (image, channel) is a group of its own and dy is the filter; then a sum over images.
  emit: (e, [x, dy], attributes) => {
    const shape = filterShapeOf(attributes);
    if (e.block === null)
      return [depthwiseFilterGradientByTaps(e, x!, dy!, depthwiseInfo(x!.shape, shape, attributes))];
    const [images, gradients] = [filledChannels(e, x!, 3), filledChannels(e, dy!, 3)];
    const b = e.block;
    const [n, h, w, c] = images.shape as [number, number, number, number];
    const info = depthwiseInfo(images.shape, shape.with(2, c), attributes);
    const { filterHeight: kh, filterWidth: kw, strideHeight: stride, outHeight: ho, outWidth: wo } = info;
    const [top, left, bottom, right] = reach(info);
    const [cropBottom, cropRight] = [Math.min(bottom, 0), Math.min(right, 0)];
    const cropped = cropBottom < 0 || cropRight < 0;
    const image = cropped
      ? padBlocked(e, e.blocked(images), [n, h, w, c], cropBottom, cropRight)
      : e.blocked(images);
    const groups = n * c;
    const y = e.blockedOp(
      'Conv',
      [
        e.reshape(image, [1, groups, h + cropBottom, w + cropRight]),
        e.reshape(e.blocked(gradients), [groups, 1, ho, wo]),
      ],
      {
        kernel_shape: [ho, wo],
        strides: [1, 1],
        dilations: [stride, stride],
        group: groups,
        pads: [top, left, bottom - cropBottom, right - cropRight],
      },
    );
    const sum = e.reshape(sumRows(e, e.reshape(y, [n, c * kh * kw]), n), [c / b, kh * kw, b]);
    const gradient = e.reshape(e.op('Transpose', [sum], { perm: [1, 0, 2] }), [kh, kw, c, 1]);
    if (c === shape[2]) return [plainValue(shape, gradient)];
    const own = e.op('Slice', [gradient, e.ints(0), e.ints(shape[2]), e.ints(2)]);
    return [plainValue(shape, own)];
  },
};
