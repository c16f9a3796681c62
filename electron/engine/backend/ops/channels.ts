import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './fused.ts';

/** activation(x + bias) over the last axis. x [..., c], bias [c] -> [..., c]. */
export function addBias<T extends Tensor>(x: T, bias: Variable, activation: 'none' | 'relu' = 'none'): T {
  if (!hasKernel('AddBias')) {
    const sum: T = tf.add(x, bias);
    return activation === 'relu' ? tf.relu(sum) : sum;
  }
  const op = tf.customGrad((...args) => {
    const [input, addend, save] = args as unknown as [Tensor, Tensor1D, tf.GradSaveFunc];
    const [y] = runKernel('AddBias', { x: input, bias: addend }, { activation }) as [Tensor];
    save(activation === 'none' ? [] : [y]);
    return {
      value: y,
      // Where nothing was cut off, dy stands in for y, which is not looked at.
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        runKernel('AddBiasGrad', { dy, y: saved[0] ?? dy }, { activation }),
    };
  });
  return op(x, bias) as T;
}

/** x times a factor by a native kernel, whose factor has the name `input`. x [n,h,w,c] -> [n,h,w,c]. */
function product(
  kernel: 'ScaleChannels' | 'GateChannels',
  input: 'scale' | 'gate',
  x: Tensor4D,
  factor: Tensor,
): Tensor4D {
  const op = tf.customGrad((...args) => {
    const [image, by, save] = args as unknown as [Tensor, Tensor, tf.GradSaveFunc];
    save([image, by]);
    return {
      value: runKernel(kernel, { x: image, [input]: by })[0]!,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        runKernel(`${kernel}Grad`, { dy, x: saved[0]!, [input]: saved[1]! }),
    };
  });
  return op(x, factor) as Tensor4D;
}

/** x * scale over the last axis. x [n,h,w,c], scale [c] -> [n,h,w,c]. */
export const scaleChannels = (x: Tensor4D, scale: Variable): Tensor4D =>
  hasKernel('ScaleChannels') ? product('ScaleChannels', 'scale', x, scale) : tf.mul(x, scale);

/** Every channel of every image times a number of its own. x [n,h,w,c], gate [n,c] -> [n,h,w,c]. */
export function gateChannels(x: Tensor4D, gate: Tensor2D): Tensor4D {
  const [n, , , c] = x.shape;
  return hasKernel('GateChannels')
    ? product('GateChannels', 'gate', x, gate)
    : tf.mul(x, tf.reshape(gate, [n, 1, 1, c]));
}

/**
 * The channels of `groups` groups in turn: the first of each, then the second of each (Zhang et al., 2018, "ShuffleNet").
 * x [n,h,w,c] -> [n,h,w,c].
 */
export function shuffleChannels(x: Tensor4D, groups: number): Tensor4D {
  const [n, h, w, c] = x.shape;
  const grouped = tf.reshape(x, [n * h * w, groups, c / groups]);
  return tf.reshape(tf.transpose(grouped, [0, 2, 1]), [n, h, w, c]);
}
