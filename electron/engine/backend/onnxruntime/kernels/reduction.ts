import * as tf from '@tensorflow/tfjs-core';
import type { Attributes, NativeKernel } from '../kernel.ts';
import { size } from '../kernel.ts';
import { isLargeFloat } from '../large-enough.ts';
import { plainValue } from '../layout.ts';
import { sumPixels } from './channels/sums.ts';

function reduced(shape: readonly number[], attributes: Attributes): { axes: number[]; shape: number[] } {
  const { axis, keepDims } = attributes as { axis: number | number[]; keepDims?: boolean };
  const axes = tf.util.parseAxisParam(axis, [...shape]);
  const [rest] = tf.backend_util.computeOutAndReduceShapes([...shape], axes);
  return { axes, shape: keepDims ? tf.backend_util.expandShapeToKeepDim(rest, axes) : rest };
}

function reduction(name: string, op: string): NativeKernel {
  return {
    name,
    inputs: ['x'],
    // Over no axis at all ONNX reduces over every one.
    accepts: ([x], attributes) => isLargeFloat([x]) && reduced(x!.shape, attributes).axes.length > 0,
    outputs: ([x], attributes) => [{ shape: reduced(x!.shape, attributes).shape, dtype: 'float32' }],
    emit: (e, [x], attributes, [output]) => {
      const { axes } = reduced(x!.shape, attributes);
      // Sums over the leading axes, biases' gradients for instance, are slow as reductions.
      const channels = size(x!.shape.slice(axes.length));
      if (channels > 1 && axes.every((axis, i) => axis === i)) {
        const count = size(x!.shape) / channels;
        const sum = sumPixels(e, e.plain(x!), count, channels, op === 'ReduceMean' ? 1 / count : 1);
        return [plainValue(output!.shape, e.reshape(sum, output!.shape))];
      }
      const result = e.op(op, [e.plain(x!), e.graph.ints(axes)], { keepdims: 0 });
      return [plainValue(output!.shape, e.reshape(result, output!.shape))];
    },
  };
}

/** Without Max: ONNX Runtime's ReduceMax loses NaNs. */
export const reductions: NativeKernel[] = [reduction('Sum', 'ReduceSum'), reduction('Mean', 'ReduceMean')];
