import type { Emitter } from '../../emitter.ts';
import type { ConvInfo, Pads } from './geometry.ts';

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
export function padNhwc(e: Emitter, x: string, [top, left, bottom, right]: Pads): string {
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return x;
  return e.op('Pad', [x, e.ints(0, top, left, 0, 0, bottom, right, 0)]);
}
