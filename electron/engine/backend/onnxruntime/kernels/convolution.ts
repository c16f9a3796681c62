import * as tf from '@tensorflow/tfjs-core';
import type { Attributes, Inputs, NativeKernel } from '../kernel.ts';
import { size } from '../kernel.ts';
import { type Emitter, blockedValue, plainValue, type Value } from '../layout.ts';

/**
 * Convolution and its two gradients on NHWC tensors. Which formulation serves which shape is decided by the three functions
 * `forwardWay`, `inputGradientWay` and `filterGradientWay`; docs/backend.md has the measurements behind them.
 */

type Shape4 = [number, number, number, number];
type ConvInfo = tf.backend_util.Conv2DInfo;

export interface ConvAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export function convInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: Attributes,
  depthwise = false,
): ConvInfo {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attributes as unknown as ConvAttributes;
  return tf.backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC'),
  );
}

/** Undilated NHWC float32 convolutions with something in them. */
function isPlain(info: ConvInfo): boolean {
  return (
    info.dataFormat === 'channelsLast' &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    size(info.outShape) > 0 &&
    size(info.inShape) > 0
  );
}

const isFloat = (inputs: Inputs) => inputs.every((input) => !input || input.dtype === 'float32');

export const acceptsConvolution = (inputs: Inputs, attributes: Attributes): boolean =>
  isFloat(inputs) && isPlain(convInfo(inputs[0]!.shape, inputs[1]!.shape, attributes));

/** Maps so small that the blocked operators have nothing to run along. */
export const isSmallMap = (height: number, width: number): boolean => height * width <= 16;

type Pads = [top: number, left: number, bottom: number, right: number];

const padsOf = ({ padInfo }: ConvInfo): Pads => [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right];

/** HWIO -> OIHW with both channel axes blocked: memory [o/B, i/B, kh, kw, iB, oB]. */
export function blockFilter(
  e: Emitter,
  filter: string,
  kh: number,
  kw: number,
  inputs: number,
  outputs: number,
): string {
  const b = e.block!;
  const split = e.reshape(filter, [kh, kw, inputs / b, b, outputs / b, b]);
  return e.reshape(e.op('Transpose', [split], { perm: [4, 2, 0, 1, 3, 5] }), [outputs, inputs, kh, kw]);
}

/** HWIO -> OIHW with only the outputs blocked, for images of fewer channels than a block. */
function blockFilterOutputs(
  e: Emitter,
  filter: string,
  kh: number,
  kw: number,
  inputs: number,
  outputs: number,
): string {
  const b = e.block!;
  const split = e.reshape(filter, [kh, kw, inputs, outputs / b, b]);
  return e.reshape(e.op('Transpose', [split], { perm: [3, 2, 0, 1, 4] }), [outputs, inputs, kh, kw]);
}

/** Patches as rows: NHWC -> [n*ho*wo, kh*kw*c], zero-padded. */
export function im2col(
  e: Emitter,
  x: string,
  info: ConvInfo,
  pads: Pads,
  ho: number,
  wo: number,
  channels: number,
): string {
  const { filterHeight: kh, filterWidth: kw, strideHeight: sh, strideWidth: sw } = info;
  const padded = padNhwc(e, x, pads);
  const taps: string[] = [];
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      const whole = kh === 1 && kw === 1 && sh === 1 && sw === 1;
      taps.push(
        whole
          ? padded
          : e.op('Slice', [
              padded,
              e.ints(i, j),
              e.ints(i + (ho - 1) * sh + 1, j + (wo - 1) * sw + 1),
              e.ints(1, 2),
              e.ints(sh, sw),
            ]),
      );
    }
  }
  const columns = taps.length > 1 ? e.op('Concat', taps, { axis: 3 }) : taps[0]!;
  return e.reshape(columns, [info.batchSize * ho * wo, kh * kw * channels]);
}

/** Zero padding of height and width; negative amounts crop. */
function padNhwc(e: Emitter, x: string, [top, left, bottom, right]: Pads): string {
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return x;
  return e.op('Pad', [x, e.ints(0, top, left, 0, 0, bottom, right, 0)]);
}

function forwardWay(e: Emitter, info: ConvInfo): 'im2col' | 'blocked' | 'blocked-stem' | 'plain' {
  const { inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const whole = e.isWhole(inChannels) && e.isWhole(outChannels);
  if (isSmallMap(outHeight, outWidth) && inChannels >= 16) return 'im2col';
  if (whole) return 'blocked';
  if (filterHeight === 1 && filterWidth === 1) return 'im2col';
  if (e.isWhole(outChannels) && inChannels < e.block!) return 'blocked-stem';
  return inChannels >= 8 ? 'im2col' : 'plain';
}

export function emitConvolution(e: Emitter, x: Value, filter: Value, attributes: Attributes): Value {
  const info = convInfo(x.shape, filter.shape, attributes);
  const { filterHeight: kh, filterWidth: kw, inChannels: c, outChannels: o, outShape } = info;
  const pads = padsOf(info);
  const conv = { kernel_shape: [kh, kw], strides: [info.strideHeight, info.strideWidth], pads };
  const w = e.plain(filter);
  switch (forwardWay(e, info)) {
    case 'im2col': {
      const columns = im2col(e, e.plain(x), info, pads, info.outHeight, info.outWidth, c);
      return plainValue(
        outShape,
        e.reshape(e.op('MatMul', [columns, e.reshape(w, [kh * kw * c, o])]), outShape),
      );
    }
    case 'blocked':
      return blockedValue(
        outShape,
        e.blockedOp('Conv', [e.blocked(x), blockFilter(e, w, kh, kw, c, o)], conv),
      );
    case 'blocked-stem':
      return blockedValue(
        outShape,
        e.blockedOp('Conv', [e.channelsFirst(x), blockFilterOutputs(e, w, kh, kw, c, o)], conv),
      );
    case 'plain': {
      const y = e.op('Conv', [e.channelsFirst(x), e.op('Transpose', [w], { perm: [3, 2, 0, 1] })], conv);
      return plainValue(outShape, e.op('Transpose', [y], { perm: [0, 2, 3, 1] }));
    }
  }
}

export const conv2d: NativeKernel = {
  name: 'Conv2D',
  inputs: ['x', 'filter'],
  accepts: acceptsConvolution,
  outputs: ([x, filter], attributes) => [
    { shape: convInfo(x!.shape, filter!.shape, attributes).outShape, dtype: 'float32' },
  ],
  emit: (e, [x, filter], attributes) => [emitConvolution(e, x!, filter!, attributes)],
};

/**
 * One parity class of a stride-2 input gradient along one axis: dx[2j + r] = sum over taps t = (r + pad) mod 2, +2, ... of
 * dy[j + (r + pad - t) / 2] * w[t], which is a stride-1 correlation of dy with the taps in descending order.
 */
function parityTaps(kernel: number, pad: number, parity: number, out: number, length: number) {
  const taps: number[] = [];
  for (let t = kernel - 1; t >= 0; t--) if ((t - parity - pad) % 2 === 0) taps.push(t);
  if (taps.length === 0) return { taps, begin: 0, end: 0 };
  // The first tap in descending order has the lowest offset.
  const lowest = (parity + pad - taps[0]!) / 2;
  return { taps, begin: -lowest, end: length - out + lowest + taps.length - 1 };
}

function inputGradientWay(e: Emitter, info: ConvInfo): 'blocked' | 'im2col' | 'parity' | 'transpose' {
  const { inChannels: c, outChannels: o, inHeight: h, inWidth: w, strideHeight: sh, strideWidth: sw } = info;
  const [top, left, bottom, right] = padsOf(info);
  const { filterHeight: kh, filterWidth: kw, outHeight: ho, outWidth: wo } = info;
  if (sh === 1 && sw === 1) {
    const reachable = top < kh && bottom < kh && left < kw && right < kw;
    if (!reachable) return 'transpose';
    return e.isWhole(c) && e.isWhole(o) && !isSmallMap(h, w) ? 'blocked' : 'im2col';
  }
  if (sh === 2 && sw === 2 && h % 2 === 0 && w % 2 === 0) {
    const rows = [0, 1].map((r) => parityTaps(kh, top, r, ho, h / 2));
    const columns = [0, 1].map((r) => parityTaps(kw, left, r, wo, w / 2));
    if ([...rows, ...columns].every(({ begin, end }) => begin >= 0 && end >= 0)) return 'parity';
  }
  return 'transpose';
}

/** Four stride-1 convolutions, one for each parity of row and column, interleaved. */
function parityInputGradient(e: Emitter, dy: Value, flipped: string, info: ConvInfo): Value {
  const {
    batchSize: n,
    inChannels: c,
    outChannels: o,
    outHeight: ho,
    outWidth: wo,
    inHeight: h,
    inWidth: w,
  } = info;
  const [top, left] = padsOf(info);
  const [lh, lw] = [h / 2, w / 2];
  const blocked = e.isWhole(c) && e.isWhole(o) && ho * wo > 9;
  // Rows of the interleaving: blocked [n*c/B, lh, lw, B], plain [n, lh, lw, c].
  const [outer, inner] = blocked ? [(n * c) / e.block!, e.block!] : [n, c];
  const plane = (r: number, s: number): string => {
    const rows = parityTaps(info.filterHeight, top, r, ho, lh);
    const columns = parityTaps(info.filterWidth, left, s, wo, lw);
    const [kh, kw] = [rows.taps.length, columns.taps.length];
    if (kh === 0 || kw === 0) {
      return e.op('ConstantOfShape', [e.ints(outer, lh, lw, inner)]);
    }
    let taps = e.op('Gather', [flipped, e.ints(...rows.taps)], { axis: 0 });
    taps = e.op('Gather', [taps, e.ints(...columns.taps)], { axis: 1 });
    const pads: Pads = [rows.begin, columns.begin, rows.end, columns.end];
    if (blocked) {
      const filter = blockFilter(e, taps, kh, kw, o, c);
      const y = e.blockedOp('Conv', [e.blocked(dy), filter], {
        kernel_shape: [kh, kw],
        strides: [1, 1],
        pads,
      });
      return e.reshape(y, [outer, lh, lw, inner]);
    }
    const unit = { ...info, filterHeight: kh, filterWidth: kw, strideHeight: 1, strideWidth: 1 };
    const columnsOfDy = im2col(e, e.plain(dy), unit, pads, lh, lw, o);
    const y = e.op('MatMul', [columnsOfDy, e.reshape(taps, [kh * kw * o, c])]);
    return e.reshape(y, [outer, lh, lw, inner]);
  };
  const row = (r: number): string => {
    const pair = e.op('Concat', [plane(r, 0), plane(r, 1)], { axis: 3 });
    return e.reshape(pair, [outer, lh, 1, 2 * lw * inner]);
  };
  const image = e.op('Concat', [row(0), row(1)], { axis: 2 });
  return blocked
    ? blockedValue(info.inShape, e.reshape(image, [n, c, h, w]))
    : plainValue(info.inShape, e.reshape(image, info.inShape));
}

/** ConvTranspose without pads, then cropped or extended to the input's size. */
function transposedInputGradient(e: Emitter, dy: Value, filter: string, info: ConvInfo): Value {
  const {
    inHeight: h,
    inWidth: w,
    strideHeight: sh,
    strideWidth: sw,
    filterHeight: kh,
    filterWidth: kw,
  } = info;
  const [top, left] = padsOf(info);
  const full = e.op(
    'ConvTranspose',
    [e.channelsFirst(dy), e.op('Transpose', [filter], { perm: [3, 2, 0, 1] })],
    { kernel_shape: [kh, kw], strides: [sh, sw] },
  );
  const bottom = h + top - ((info.outHeight - 1) * sh + kh);
  const right = w + left - ((info.outWidth - 1) * sw + kw);
  const image = e.op('Pad', [full, e.ints(0, 0, -top, -left, 0, 0, bottom, right)]);
  return plainValue(info.inShape, e.op('Transpose', [image], { perm: [0, 2, 3, 1] }));
}

function emitInputGradient(e: Emitter, dy: Value, filter: Value, info: ConvInfo): Value {
  const { filterHeight: kh, filterWidth: kw, inChannels: c, outChannels: o, inHeight: h, inWidth: w } = info;
  const way = inputGradientWay(e, info);
  if (way === 'transpose') return transposedInputGradient(e, dy, e.plain(filter), info);
  // HWIO -> HWOI: the gradient is a convolution of dy from o channels to c.
  const swapped = e.op('Transpose', [e.plain(filter)], { perm: [0, 1, 3, 2] });
  if (way === 'parity') return parityInputGradient(e, dy, swapped, info);
  const rotated =
    kh === 1 && kw === 1
      ? swapped
      : e.op('Slice', [swapped, e.ints(-1, -1), e.ints(-1000, -1000), e.ints(0, 1), e.ints(-1, -1)]);
  const [top, left, bottom, right] = padsOf(info);
  const pads: Pads = [kh - 1 - top, kw - 1 - left, kh - 1 - bottom, kw - 1 - right];
  if (way === 'blocked') {
    const conv = { kernel_shape: [kh, kw], strides: [1, 1], pads };
    return blockedValue(
      info.inShape,
      e.blockedOp('Conv', [e.blocked(dy), blockFilter(e, rotated, kh, kw, o, c)], conv),
    );
  }
  const columns = im2col(e, e.plain(dy), info, pads, h, w, o);
  const dx = e.op('MatMul', [columns, e.reshape(rotated, [kh * kw * o, c])]);
  return plainValue(info.inShape, e.reshape(dx, info.inShape));
}

const inputShapeOf = (attributes: Attributes) => attributes['inputShape'] as number[];
const filterShapeOf = (attributes: Attributes) => attributes['filterShape'] as number[];

export const conv2dBackpropInput: NativeKernel = {
  name: 'Conv2DBackpropInput',
  inputs: ['dy', 'filter'],
  accepts: (inputs, attributes) => {
    const [dy, filter] = inputs;
    const info = convInfo(inputShapeOf(attributes), filter!.shape, attributes);
    return isFloat(inputs) && isPlain(info) && dy!.shape.every((d, i) => d === info.outShape[i]);
  },
  outputs: (_, attributes) => [{ shape: inputShapeOf(attributes), dtype: 'float32' }],
  emit: (e, [dy, filter], attributes) => [
    emitInputGradient(e, dy!, filter!, convInfo(inputShapeOf(attributes), filter!.shape, attributes)),
  ],
};

function filterGradientWay(
  e: Emitter,
  { batchSize, outChannels, filterHeight, filterWidth }: ConvInfo,
): 'blocked' | 'gemm' {
  const whole = e.isWhole(batchSize) && e.isWhole(outChannels);
  return whole && filterHeight * filterWidth > 1 ? 'blocked' : 'gemm';
}

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
    if (filterGradientWay(e, info) === 'blocked')
      return [plainValue(shape, blockedFilterGradient(e, x!, dy!, info))];
    const { batchSize: n, outHeight: ho, outWidth: wo, outChannels: o } = info;
    const columns = im2col(e, e.plain(x!), info, padsOf(info), ho, wo, info.inChannels);
    const gradient = e.op('Gemm', [columns, e.plainAs(dy!, [n * ho * wo, o])], { transA: 1 });
    return [plainValue(shape, e.reshape(gradient, shape))];
  },
};
