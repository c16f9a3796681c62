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

/** x * scale over the last axis. x [n,h,w,c], scale [c] -> [n,h,w,c]. */
export function scaleChannels(x: Tensor4D, scale: Variable): Tensor4D {
  if (!hasKernel('ScaleChannels')) return tf.mul(x, scale);
  const op = tf.customGrad((...args) => {
    const [input, factor, save] = args as unknown as [Tensor, Tensor1D, tf.GradSaveFunc];
    save([input, factor]);
    return {
      value: runKernel('ScaleChannels', { x: input, scale: factor })[0]!,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        runKernel('ScaleChannelsGrad', { dy, x: saved[0]!, scale: saved[1]! }),
    };
  });
  return op(x, scale) as Tensor4D;
}

/** Every channel of every image times a number of its own. x [n,h,w,c], gate [n,c] -> [n,h,w,c]. */
export function gateChannels(x: Tensor4D, gate: Tensor2D): Tensor4D {
  const [n, , , c] = x.shape;
  if (!hasKernel('GateChannels')) return tf.mul(x, tf.reshape(gate, [n, 1, 1, c]));
  const op = tf.customGrad((...args) => {
    const [input, factor, save] = args as unknown as [Tensor, Tensor, tf.GradSaveFunc];
    save([input, factor]);
    return {
      value: runKernel('GateChannels', { x: input, gate: factor })[0]!,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        runKernel('GateChannelsGrad', { dy, x: saved[0]!, gate: saved[1]! }),
    };
  });
  return op(x, gate) as Tensor4D;
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
