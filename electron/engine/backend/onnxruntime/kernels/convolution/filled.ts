import type { Emitter } from '../../emitter.ts';
import { blockedValue, plainValue, type Value } from '../../layout.ts';
import { blockFilter } from './filters.ts';

/** Zeros after the channels of a plain tensor, which are its axis `axis`, up to whole blocks; a tensor of whole blocks as it is. */
export function filledChannels(e: Emitter, x: Value, axis: 2 | 3): Value {
  const channels = x.shape[axis]!;
  if (e.isWhole(channels)) return x;
  const whole = Math.ceil(channels / e.block!) * e.block!;
  const pads = x.shape.map((_, i) => (i === axis ? whole - channels : 0));
  const zeros = x.shape.map(() => 0);
  return plainValue(x.shape.with(axis, whole), e.op('Pad', [e.plain(x), e.ints(...zeros, ...pads)]));
}

/** The first channels of a blocked image. */
export function withoutFilling(e: Emitter, y: Value, channels: number): Value {
  if (y.shape[3] === channels) return y;
  const plain = e.blockedOp('ReorderOutput', [e.blocked(y)], { channels, channels_last: 1 });
  return plainValue(y.shape.with(3, channels), plain);
}

/**
 * A 1x1 convolution, stride 1, in blocks that are filled up with zeros where the channels do not: only the tensor of few channels is
 * turned to the other layout. x [n,h,w,c], filter [1,1,c,o] -> [n,h,w,o].
 */
export function filledPointwise(e: Emitter, x: Value, filter: string, outputs: number): Value {
  const [n, h, w, inputs] = x.shape as [number, number, number, number];
  const [i, o] = [inputs, outputs].map((channels) => Math.ceil(channels / e.block!) * e.block!) as [
    number,
    number,
  ];
  const filled = e.op('Pad', [filter, e.ints(0, 0, 0, 0, 0, 0, i - inputs, o - outputs)]);
  const image = e.blocked(filledChannels(e, x, 3));
  const y = e.blockedOp('Conv', [image, blockFilter(e, filled, 1, 1, i, o)], { kernel_shape: [1, 1] });
  return withoutFilling(e, blockedValue([n, h, w, o], y), outputs);
}
