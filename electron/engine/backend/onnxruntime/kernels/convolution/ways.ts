import type { Emitter } from '../../layout.ts';
import { type ConvInfo, padsOf } from './geometry.ts';
import { parityTaps } from './parity.ts';

/**
 * Which formulation serves which shape. docs/backend.md has the measurements; `npm run bench -- kernels` repeats them.
 */

/** Maps so small that the blocked operators have nothing to run along. */
export const isSmallMap = (height: number, width: number): boolean => height * width <= 16;

/** Pixels of a map up to which minimal filtering pays for itself in a forward pass alone. */
const largestFrozen = 400;

/**
 * 3x3, stride 1, with enough channels for products of matrices to pay for the transforms around them: between 1.3 and 2 times
 * as fast as the direct ways, over a layer's three passes. A frozen layer has but one.
 */
export function isWinograd(e: Emitter, info: ConvInfo, frozen = false): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, inChannels, outChannels } = info;
  return (
    e.block !== null &&
    filterHeight === 3 &&
    filterWidth === 3 &&
    strideHeight === 1 &&
    strideWidth === 1 &&
    Math.min(inChannels, outChannels) >= 64 &&
    info.outHeight * info.outWidth > 1 &&
    (!frozen || info.outHeight * info.outWidth <= largestFrozen)
  );
}

export type ForwardWay = 'winograd' | 'im2col' | 'blocked' | 'blocked-stem' | 'plain';

export function forwardWay(e: Emitter, info: ConvInfo, frozen = false): ForwardWay {
  const { inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  if (isWinograd(e, info, frozen)) return 'winograd';
  const whole = e.isWhole(inChannels) && e.isWhole(outChannels);
  if (isSmallMap(outHeight, outWidth) && inChannels >= 16) return 'im2col';
  if (whole) return 'blocked';
  if (filterHeight === 1 && filterWidth === 1) return 'im2col';
  if (e.isWhole(outChannels) && inChannels < e.block!) return 'blocked-stem';
  return inChannels >= 8 ? 'im2col' : 'plain';
}

export type InputGradientWay = 'winograd' | 'blocked' | 'im2col' | 'parity' | 'transpose';

export function inputGradientWay(e: Emitter, info: ConvInfo): InputGradientWay {
  const { inChannels: c, outChannels: o, inHeight: h, inWidth: w, strideHeight: sh, strideWidth: sw } = info;
  const [top, left, bottom, right] = padsOf(info);
  const { filterHeight: kh, filterWidth: kw, outHeight: ho, outWidth: wo } = info;
  if (isWinograd(e, info)) return 'winograd';
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

export type FilterGradientWay = 'winograd' | 'blocked' | 'by-image' | 'gemm';

export function filterGradientWay(e: Emitter, info: ConvInfo): FilterGradientWay {
  if (isWinograd(e, info)) return 'winograd';
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const pointwise = filterHeight * filterWidth * strideHeight * strideWidth === 1;
  const large = info.outHeight * info.outWidth >= 144;
  if (pointwise && large && inChannels === e.block && e.isWhole(outChannels)) return 'by-image';
  const whole = e.isWhole(batchSize) && e.isWhole(outChannels);
  return whole && filterHeight * filterWidth > 1 ? 'blocked' : 'gemm';
}
