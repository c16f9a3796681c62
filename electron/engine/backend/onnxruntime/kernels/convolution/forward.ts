import type { Inputs, Attributes, NativeKernel } from '../../kernel.ts';
import type { Emitter } from '../../emitter.ts';
import { blockedValue, plainValue, type Value } from '../../layout.ts';
import { filledPointwise } from './filled.ts';
import { blockFilter, blockFilterOutputs } from './filters.ts';
import { convInfo, isFloat, isPlain, padsOf } from './geometry.ts';
import { im2col } from './im2col.ts';
import { forwardWay, type ForwardWay } from './ways.ts';
import { Winograd } from './winograd.ts';

export const acceptsConvolution = (inputs: Inputs, attributes: Attributes): boolean =>
  isFloat(inputs) && isPlain(convInfo(inputs[0]!.shape, inputs[1]!.shape, attributes));

/** `way`: the table's (ways.ts) unless given. */
export function emitConvolution(
  e: Emitter,
  x: Value,
  filter: Value,
  attributes: Attributes,
  way?: ForwardWay,
): Value {
  const info = convInfo(x.shape, filter.shape, attributes);
  const { filterHeight: kh, filterWidth: kw, inChannels: c, outChannels: o, outShape } = info;
  const pads = padsOf(info);
  const conv = { kernel_shape: [kh, kw], strides: [info.strideHeight, info.strideWidth], pads };
  const w = e.plain(filter);
  switch (way ?? forwardWay(e, info, e.frozen.has(w))) {
    case 'winograd':
      return new Winograd(e, info).forward(x, w);
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
    case 'blocked-filled':
      return filledPointwise(e, x, w, o);
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
