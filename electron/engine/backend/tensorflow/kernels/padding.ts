import type { backend_util } from '@tensorflow/tfjs-core';
import type { OpAttributes } from '../ops.ts';

/** Attributes that convolutions and poolings share in tfjs. */
export interface WindowAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Whether the padding is given in numbers, on images with their channels last. */
export const isExplicit = (info: backend_util.Conv2DInfo): boolean =>
  info.padInfo.type === 'EXPLICIT' && info.dataFormat === 'channelsLast';

/** TensorFlow's attributes for rows and columns added around an NHWC image. */
export function explicitPadding({
  padInfo,
}: backend_util.Conv2DInfo): Required<Pick<OpAttributes, 'string' | 'int'>> {
  const { top, bottom, left, right } = padInfo;
  return {
    string: { padding: 'EXPLICIT' },
    int: { explicit_paddings: [0, 0, top, bottom, left, right, 0, 0] },
  };
}
