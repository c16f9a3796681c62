import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Attributes, NativeKernel } from '../kernel.ts';
import { isLargeFloat } from '../large-enough.ts';
import { plainValue } from '../layout.ts';

const axisOf = (attributes: Attributes, rank: number): number => {
  const axis = (attributes['axis'] as number | undefined) ?? 0;
  return axis < 0 ? axis + rank : axis;
};

/** tfjs hands a list to Concat, which joins it along one axis. */
export function concat(count: number): NativeKernel {
  return {
    name: 'Concat',
    inputs: Array.from({ length: count }, (_, i) => String(i)),
    outputs: (inputs, attributes) => {
      const shapes = inputs.map((input) => input!.shape);
      const axis = axisOf(attributes, shapes[0]!.length);
      return [{ shape: tf.backend_util.computeOutShape(shapes, axis), dtype: 'float32' }];
    },
    emit: (e, inputs, attributes, [output]) => {
      const axis = axisOf(attributes, output!.shape.length);
      const names = inputs.map((x) => e.plain(x));
      return [plainValue(output!.shape, e.op('Concat', names, { axis }))];
    },
  };
}

function pieces(x: TensorInfo, attributes: Attributes): { axis: number; sizes: number[] } {
  const axis = axisOf(attributes, x.shape.length);
  const parts = attributes['numOrSizeSplits'] as number | number[];
  return { axis, sizes: tf.backend_util.prepareSplitSize(x, parts, axis) };
}

/** Concat's gradient: several pieces of given lengths. */
export const split: NativeKernel = {
  name: 'SplitV',
  inputs: ['x'],
  accepts: ([x], attributes) => {
    if (!isLargeFloat([x])) return false;
    const { sizes } = pieces(x!, attributes);
    return sizes.length > 1 && sizes.every((length) => length > 0);
  },
  outputs: ([x], attributes) => {
    const { axis, sizes } = pieces(x!, attributes);
    return sizes.map((length) => ({ shape: x!.shape.with(axis, length), dtype: 'float32' as const }));
  },
  emit: (e, [x], attributes, outputs) => {
    const axis = axisOf(attributes, x!.shape.length);
    const lengths = outputs.map(({ shape }) => shape[axis]!);
    const names = e.split(e.plain(x!), lengths, axis);
    return names.map((name, i) => plainValue(outputs[i]!.shape, name));
  },
};
