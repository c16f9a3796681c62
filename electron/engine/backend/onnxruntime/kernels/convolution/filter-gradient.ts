import type { Attributes, NativeKernel } from '../../kernel.ts';
import { type Emitter, plainValue, type Value } from '../../layout.ts';
import { type ConvInfo, convInfo, isFloat, isPlain, padsOf } from './geometry.ts';
import { im2col, padNhwc } from './im2col.ts';
import { filterGradientWay } from './ways.ts';
import { Winograd } from './winograd.ts';

const filterShapeOf = (attributes: Attributes) => attributes['filterShape'] as number[];

/**
 * dw as a convolution of x^T with dy^T: the batch takes the place of the channels, dy is the filter, of the size of the whole
 * map. x is padded beforehand, because the operator's own padding halves its speed.
 */
function blockedFilterGradient(e: Emitter, x: Value, dy: Value, info: ConvInfo): string {
  const b = e.block!;
  const { batchSize: n, inChannels: c, outChannels: o, inHeight: h, inWidth: w } = info;
  const {
    outHeight: ho,
    outWidth: wo,
    filterHeight: kh,
    filterWidth: kw,
    strideHeight: sh,
    strideWidth: sw,
  } = info;
  const [top, left] = padsOf(info);
  // Negative where the last rows or columns never entered a window.
  const [bottom, right] = [(ho - 1) * sh + kh - h - top, (wo - 1) * sw + kw - w - left];
  // NHWC -> CHWN in two steps that are each cheap.
  const rotated = e.op('Transpose', [e.plain(x)], { perm: [1, 2, 3, 0] });
  const swapped = e.op('Transpose', [e.reshape(rotated, [h * w, c, n])], { perm: [1, 0, 2] });
  const padded = padNhwc(e, e.reshape(swapped, [c, h, w, n]), [top, left, bottom, right]);
  const image = e.blockedOp('ReorderInput', [padded], { channels_last: 1 });
  const filter =
    dy.plain === null
      ? e.op('Transpose', [e.reshape(dy.blocked!, [n / b, b, o / b, ho * wo, b])], { perm: [2, 0, 3, 1, 4] })
      : e.op('Transpose', [e.reshape(dy.plain, [n / b, b, ho * wo, o / b, b])], { perm: [3, 0, 2, 1, 4] });
  const y = e.blockedOp('Conv', [image, e.reshape(filter, [o, n, ho, wo])], {
    kernel_shape: [ho, wo],
    strides: [1, 1],
    dilations: [sh, sw],
    pads: [0, 0, 0, 0],
  });
  const unblocked = e.blockedOp('ReorderOutput', [y], { channels: o, channels_last: 1 });
  return e.op('Transpose', [unblocked], { perm: [1, 2, 0, 3] });
}

export const conv2dBackpropFilter: NativeKernel = {
  name: 'Conv2DBackpropFilter',
  inputs: ['x', 'dy'],
  accepts: (inputs, attributes) =>
    isFloat(inputs) && isPlain(convInfo(inputs[0]!.shape, filterShapeOf(attributes), attributes)),
  outputs: (_, attributes) => [{ shape: filterShapeOf(attributes), dtype: 'float32' }],
  emit: (e, [x, dy], attributes) => {
    const shape = filterShapeOf(attributes);
    const info = convInfo(x!.shape, shape, attributes);
    const way = filterGradientWay(e, info);
    if (way === 'winograd') return [plainValue(shape, new Winograd(e, info).filterGradient(x!, dy!))];
    if (way === 'blocked') return [plainValue(shape, blockedFilterGradient(e, x!, dy!, info))];
    const { batchSize: n, outHeight: ho, outWidth: wo, outChannels: o } = info;
    const columns = im2col(e, e.plain(x!), info, padsOf(info), ho, wo, info.inChannels);
    const gradient = e.op('Gemm', [columns, e.plainAs(dy!, [n * ho * wo, o])], { transA: 1 });
    return [plainValue(shape, e.reshape(gradient, shape))];
  },
};
