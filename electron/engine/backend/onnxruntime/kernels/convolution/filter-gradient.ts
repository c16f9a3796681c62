import { type Attributes, type NativeKernel, size } from '../../kernel.ts';
import type { Emitter } from '../../emitter.ts';
import { plainValue, type Value } from '../../layout.ts';
import { sumRows } from '../channels/sums.ts';
import { type ConvInfo, convInfo, isFloat, isPlain, padsOf, reach } from './geometry.ts';
import { im2col, padNhwc } from './im2col.ts';
import { filterGradientWay, type FilterGradientWay } from './ways.ts';
import { Winograd } from './winograd.ts';

const filterShapeOf = (attributes: Attributes) => attributes['filterShape'] as number[];

const zeros = (e: Emitter, dims: readonly number[]): string =>
  e.graph.constant('float32', dims, () => new Float32Array(size(dims)), `zeros ${dims.join()}`);

/**
 * dw as a convolution of x with dy: the images of the batch take the place of the channels, a row of pixels and their channels is
 * one long row, and dy is the filter, of the size of the whole map. So the result has a pixel for each tap and channel. Rows are
 * lengthened beforehand, because the operator's own padding of them halves its speed; above and below it costs nothing.
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
  const [top, left, bottom, right] = reach(info);
  const [above, below] = [Math.max(0, top), Math.max(0, bottom)];
  const cropped = padNhwc(e, e.plain(x), [0, 0, Math.min(0, bottom), Math.min(0, right)]);
  const [height, width] = [h + Math.min(0, bottom), w + Math.min(0, right)];
  const margin = (pixels: number) => (pixels > 0 ? [zeros(e, [n, height, pixels * c])] : []);
  const parts = [...margin(left), e.reshape(cropped, [n, height, width * c]), ...margin(right)];
  const rows = parts.length > 1 ? e.op('Concat', parts, { axis: 2 }) : parts[0]!;
  const length = (left + width + Math.max(0, right)) * c;
  const image = e.blockedOp('ReorderInput', [e.reshape(rows, [1, n, height, length])], { channels_last: 0 });
  const filter =
    dy.blocked !== null
      ? e.op('Transpose', [e.reshape(dy.blocked, [n / b, b, o / b, ho * wo, b])], { perm: [2, 0, 3, 1, 4] })
      : e.op('Transpose', [e.reshape(dy.plain!, [n / b, b, ho * wo, o / b, b])], { perm: [3, 0, 2, 1, 4] });
  const y = e.blockedOp('Conv', [image, e.reshape(filter, [o, n, ho, wo])], {
    kernel_shape: [ho, wo],
    strides: [1, 1],
    dilations: [sh, sw * c],
    pads: [above, 0, below, 0],
  });
  const taps = e.blockedOp('ReorderOutput', [y], { channels: o, channels_last: 1 });
  return e.reshape(taps, [kh, kw, c, o]);
}

/** rows [n, pixels, r] and blocked [n, w/B, pixels, B] -> the sum over images and pixels of their products, [w/B, r, B] */
function sumOfProducts(e: Emitter, rows: string, blocked: string, dims: ProductDims): string {
  const { images, pixels, r, w } = dims;
  const b = e.block!;
  const products = e.microsoftOp(
    'FusedMatMul',
    [e.reshape(rows, [images, 1, pixels, r]), e.reshape(blocked, [images, w / b, pixels, b])],
    { transA: 1 },
  );
  return e.reshape(sumRows(e, e.reshape(products, [images, r * w]), images), [w / b, r, b]);
}

interface ProductDims {
  images: number;
  pixels: number;
  /** Channels of the rows and of the blocks. */
  r: number;
  w: number;
}

/**
 * dw of a 1x1 convolution as a product for each image and block of dy or x, summed: the side of more channels stays blocked.
 */
function pointwiseByImage(e: Emitter, x: Value, dy: Value, info: ConvInfo, rowsOf: 'x' | 'dy'): string {
  const { batchSize: images, inChannels: c, outChannels: o, outHeight: h, outWidth: w } = info;
  const pixels = h * w;
  if (rowsOf === 'x') {
    const rows = im2col(e, e.plain(x), info, padsOf(info), h, w, c);
    const sum = sumOfProducts(e, rows, e.blocked(dy), { images, pixels, r: c, w: o });
    return e.reshape(e.op('Transpose', [sum], { perm: [1, 0, 2] }), [1, 1, c, o]);
  }
  const sum = sumOfProducts(e, e.plain(dy), e.blocked(x), { images, pixels, r: o, w: c });
  return e.reshape(e.op('Transpose', [sum], { perm: [0, 2, 1] }), [1, 1, c, o]);
}

/** `way`: the table's (ways.ts) unless given. */
export function emitFilterGradient(
  e: Emitter,
  x: Value,
  dy: Value,
  info: ConvInfo,
  way: FilterGradientWay = filterGradientWay(e, info),
): Value {
  const { batchSize: n, inChannels: c, outHeight: ho, outWidth: wo, outChannels: o } = info;
  const shape = info.filterShape;
  if (way === 'winograd') return plainValue(shape, new Winograd(e, info).filterGradient(x, dy));
  if (way === 'blocked') return plainValue(shape, blockedFilterGradient(e, x, dy, info));
  if (way === 'rows-of-x') return plainValue(shape, pointwiseByImage(e, x, dy, info, 'x'));
  if (way === 'rows-of-dy') return plainValue(shape, pointwiseByImage(e, x, dy, info, 'dy'));
  const columns = im2col(e, e.plain(x), info, padsOf(info), ho, wo, c);
  const gradient = e.op('Gemm', [columns, e.plainAs(dy, [n * ho * wo, o])], { transA: 1 });
  return plainValue(shape, e.reshape(gradient, shape));
}

export const conv2dBackpropFilter: NativeKernel = {
  name: 'Conv2DBackpropFilter',
  inputs: ['x', 'dy'],
  accepts: (inputs, attributes) =>
    isFloat(inputs) && isPlain(convInfo(inputs[0]!.shape, filterShapeOf(attributes), attributes)),
  outputs: (_, attributes) => [{ shape: filterShapeOf(attributes), dtype: 'float32' }],
  emit: (e, [x, dy], attributes) => [
    emitFilterGradient(e, x!, dy!, convInfo(x!.shape, filterShapeOf(attributes), attributes)),
  ],
};
