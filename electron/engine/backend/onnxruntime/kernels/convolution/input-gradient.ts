import type { Attributes, NativeKernel } from '../../kernel.ts';
import type { Emitter } from '../../emitter.ts';
import { blockedValue, plainValue, type Value } from '../../layout.ts';
import { filledPointwise } from './filled.ts';
import { interleave } from '../planes.ts';
import { blockFilter } from './filters.ts';
import { type ConvInfo, convInfo, isFloat, isPlain, type Pads, padsOf } from './geometry.ts';
import { im2col } from './im2col.ts';
import { parityTaps } from './parity.ts';
import { inputGradientWay, type InputGradientWay, isBlockedParity } from './ways.ts';
import { Winograd } from './winograd.ts';

/** Four stride-1 convolutions, one for each parity of row and column, interleaved. */
function parityInputGradient(e: Emitter, dy: Value, flipped: string, info: ConvInfo): Value {
  const { inChannels: c, outChannels: o, outHeight: ho, outWidth: wo, inHeight: h, inWidth: w } = info;
  const [top, left] = padsOf(info);
  const [lh, lw] = [h / 2, w / 2];
  const blocked = isBlockedParity(e, info);
  const plane = (r: number, s: number): string | null => {
    const rows = parityTaps(info.filterHeight, top, r, ho, lh);
    const columns = parityTaps(info.filterWidth, left, s, wo, lw);
    const [kh, kw] = [rows.taps.length, columns.taps.length];
    if (kh === 0 || kw === 0) return null;
    let taps = e.op('Gather', [flipped, e.ints(...rows.taps)], { axis: 0 });
    taps = e.op('Gather', [taps, e.ints(...columns.taps)], { axis: 1 });
    const pads: Pads = [rows.begin, columns.begin, rows.end, columns.end];
    if (blocked) {
      const filter = blockFilter(e, taps, kh, kw, o, c);
      return e.blockedOp('Conv', [e.blocked(dy), filter], { kernel_shape: [kh, kw], strides: [1, 1], pads });
    }
    const unit = { ...info, filterHeight: kh, filterWidth: kw, strideHeight: 1, strideWidth: 1 };
    const columnsOfDy = im2col(e, e.plain(dy), unit, pads, lh, lw, o);
    return e.op('MatMul', [columnsOfDy, e.reshape(taps, [kh * kw * o, c])]);
  };
  const names = [plane(0, 0), plane(0, 1), plane(1, 0), plane(1, 1)];
  return interleave(e, info.inShape, { blocked, names });
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

/** `way`: the table's (ways.ts) unless given. */
export function emitInputGradient(
  e: Emitter,
  dy: Value,
  filter: Value,
  info: ConvInfo,
  way: InputGradientWay = inputGradientWay(e, info),
): Value {
  const { filterHeight: kh, filterWidth: kw, inChannels: c, outChannels: o, inHeight: h, inWidth: w } = info;
  if (way === 'winograd') return new Winograd(e, info).inputGradient(dy, e.plain(filter));
  if (way === 'transpose') return transposedInputGradient(e, dy, e.plain(filter), info);
  // HWIO -> HWOI: the gradient is a convolution of dy from o channels to c.
  const swapped = e.op('Transpose', [e.plain(filter)], { perm: [0, 1, 3, 2] });
  if (way === 'blocked-filled') return filledPointwise(e, dy, swapped, c);
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
