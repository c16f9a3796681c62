import type { Emitter } from '../../emitter.ts';
import { blockedValue, plainValue, type Value } from '../../layout.ts';
import { blockFilter } from './filters.ts';

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
  const image =
    i === inputs
      ? e.blocked(x)
      : e.blocked(
          plainValue([n, h, w, i], e.op('Pad', [e.plain(x), e.ints(0, 0, 0, 0, 0, 0, 0, i - inputs)])),
        );
  const y = e.blockedOp('Conv', [image, blockFilter(e, filled, 1, 1, i, o)], { kernel_shape: [1, 1] });
  const shape = [n, h, w, outputs];
  if (o === outputs) return blockedValue(shape, y);
  return plainValue(shape, e.blockedOp('ReorderOutput', [y], { channels: outputs, channels_last: 1 }));
}
