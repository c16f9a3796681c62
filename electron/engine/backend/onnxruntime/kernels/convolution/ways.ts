import type { Emitter } from '../../emitter.ts';
import { type ConvInfo, padsOf } from './geometry.ts';
import { parityTaps } from './parity.ts';
import { tileSizes } from './winograd-matrices.ts';

/**
 * Which formulation serves which shape. docs/backend.md has the measurements; `npm run bench -- kernels` repeats them.
 */

/** Maps so small that the blocked operators have nothing to run along. */
export const isSmallMap = (height: number, width: number): boolean => height * width <= 16;

/** Maps so large that a product for each image is worth a call. */
const isLargeMap = (height: number, width: number): boolean => height * width >= 64;

/** Channels up to which a product for each image beats one product for all. */
const mostRowChannels = 64;

/** 1x1, pixel by pixel: neither stride nor padding. */
const isPointwise = ({ filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth }: ConvInfo) =>
  filterHeight === 1 && filterWidth === 1 && inHeight === outHeight && inWidth === outWidth;

/** A 1x1 convolution between whole blocks and others, which are filled up with zeros. */
const fillsBlocks = (e: Emitter, info: ConvInfo): boolean =>
  isPointwise(info) &&
  e.isWhole(info.inChannels) !== e.isWhole(info.outChannels) &&
  Math.min(info.inChannels, info.outChannels) >= (e.block ?? Infinity) &&
  isLargeMap(info.outHeight, info.outWidth);

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

/**
 * The tile size of minimal filtering with the least work, in nanoseconds for each pair of channels: three products of 2 flops at
 * 170 GFLOP/s for each tile, and 1.2 for the filter's points, which are made, read twice, and made back into a gradient (measured
 * at 512 x 512).
 */
export function tileSize({ batchSize, outHeight, outWidth }: ConvInfo): number {
  const work = (m: number) => {
    const tiles = Math.ceil(outHeight / m) * Math.ceil(outWidth / m) * batchSize;
    return (m + 2) ** 2 * (1.2 + 0.035 * tiles);
  };
  return tileSizes.reduce((best, m) => (work(m) < work(best) ? m : best));
}

/** Pixels of a map up to which minimal filtering transforms both axes in one product. */
const onePass = 36;
/** Tiles of an axis up to which the tiles of both axes are put side by side by the second transform. */
const sideBySide = 3;

/** How the transforms of the two axes follow each other, with so many tiles along the rows. */
export type TransformOrder = 'one-pass' | 'side-by-side' | 'nested';

export function transformOrder(info: ConvInfo, tiles: number): TransformOrder {
  const { inHeight, inWidth, outHeight, outWidth } = info;
  if (Math.max(inHeight * inWidth, outHeight * outWidth) <= onePass) return 'one-pass';
  return tiles <= sideBySide ? 'side-by-side' : 'nested';
}

export type ForwardWay = 'winograd' | 'im2col' | 'blocked' | 'blocked-filled' | 'blocked-stem' | 'plain';

export function forwardWay(e: Emitter, info: ConvInfo, frozen = false): ForwardWay {
  const { inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  if (isWinograd(e, info, frozen)) return 'winograd';
  const whole = e.isWhole(inChannels) && e.isWhole(outChannels);
  if (isSmallMap(outHeight, outWidth) && inChannels >= 16) return 'im2col';
  if (whole) return 'blocked';
  if (fillsBlocks(e, info)) return 'blocked-filled';
  if (filterHeight === 1 && filterWidth === 1) return 'im2col';
  if (e.isWhole(outChannels) && inChannels < e.block!) return 'blocked-stem';
  return inChannels >= 8 ? 'im2col' : 'plain';
}

export type InputGradientWay = 'winograd' | 'blocked' | 'blocked-filled' | 'im2col' | 'parity' | 'transpose';

export function inputGradientWay(e: Emitter, info: ConvInfo): InputGradientWay {
  const { inChannels: c, outChannels: o, inHeight: h, inWidth: w, strideHeight: sh, strideWidth: sw } = info;
  const [top, left, bottom, right] = padsOf(info);
  const { filterHeight: kh, filterWidth: kw, outHeight: ho, outWidth: wo } = info;
  if (isWinograd(e, info)) return 'winograd';
  if (sh === 1 && sw === 1) {
    const reachable = top < kh && bottom < kh && left < kw && right < kw;
    if (!reachable) return 'transpose';
    if (fillsBlocks(e, info)) return 'blocked-filled';
    return e.isWhole(c) && e.isWhole(o) && !isSmallMap(h, w) ? 'blocked' : 'im2col';
  }
  if (sh === 2 && sw === 2 && h % 2 === 0 && w % 2 === 0) {
    const rows = [0, 1].map((r) => parityTaps(kh, top, r, ho, h / 2));
    const columns = [0, 1].map((r) => parityTaps(kw, left, r, wo, w / 2));
    if ([...rows, ...columns].every(({ begin, end }) => begin >= 0 && end >= 0)) return 'parity';
  }
  return 'transpose';
}

/** Pixels of a gradient up to which the four convolutions of 'parity' are products over patches. */
const largestParityProduct = 9;

/** Whether the four convolutions of 'parity' are blocked ones. */
export const isBlockedParity = (e: Emitter, { inChannels, outChannels, outHeight, outWidth }: ConvInfo) =>
  e.isWhole(inChannels) && e.isWhole(outChannels) && outHeight * outWidth > largestParityProduct;

export type FilterGradientWay = 'winograd' | 'blocked' | 'rows-of-x' | 'rows-of-dy' | 'gemm';

export function filterGradientWay(e: Emitter, info: ConvInfo): FilterGradientWay {
  if (isWinograd(e, info)) return 'winograd';
  const { batchSize, inChannels: c, outChannels: o, filterHeight, filterWidth } = info;
  const isOneTap = filterHeight * filterWidth === 1;
  if (isOneTap && isLargeMap(info.outHeight, info.outWidth)) {
    // The side of fewer channels is taken row by row, the other in its blocks.
    if (e.isWhole(o) && c <= Math.min(o, mostRowChannels)) return 'rows-of-x';
    if (isPointwise(info) && e.isWhole(c) && o <= Math.min(c, mostRowChannels)) return 'rows-of-dy';
  }
  return e.isWhole(batchSize) && e.isWhole(o) && !isOneTap ? 'blocked' : 'gemm';
}
