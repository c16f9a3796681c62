import * as tf from '@tensorflow/tfjs-core';
import type { Attributes, Inputs } from '../../kernel.ts';
import { size } from '../../kernel.ts';

type Shape4 = [number, number, number, number];
export type ConvInfo = tf.backend_util.Conv2DInfo;

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
export function isPlain(info: ConvInfo): boolean {
  return (
    info.dataFormat === 'channelsLast' &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    size(info.outShape) > 0 &&
    size(info.inShape) > 0
  );
}

export const isFloat = (inputs: Inputs) => inputs.every((input) => !input || input.dtype === 'float32');

export type Pads = [top: number, left: number, bottom: number, right: number];

export const padsOf = ({ padInfo }: ConvInfo): Pads => [
  padInfo.top,
  padInfo.left,
  padInfo.bottom,
  padInfo.right,
];

/** Pads so that every window lies within the image; negative where the last rows or columns enter none. */
export function reach(info: ConvInfo): Pads {
  const { inHeight: h, inWidth: w, outHeight: ho, outWidth: wo, filterHeight: kh, filterWidth: kw } = info;
  const [top, left] = padsOf(info);
  const bottom = (ho - 1) * info.strideHeight + kh - h - top;
  const right = (wo - 1) * info.strideWidth + kw - w - left;
  return [top, left, bottom, right];
}
