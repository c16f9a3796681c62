import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeKernel, TensorSpec } from '../kernel.ts';
import { size } from '../kernel.ts';
import { blockedValue, type Emitter, plainValue, type Value } from '../layout.ts';
import { isSmallMap } from './convolution.ts';

/**
 * Batch norm over the last axis. On blocked tensors a 1x1 depthwise convolution does scale, shift, addition of a shortcut and
 * ReLU in one pass over memory. The variance is a mean of squared differences from the mean, in two passes: E[x^2] - E[x]^2
 * loses all its digits where the mean is large.
 */

type Activation = 'none' | 'relu' | 'relu6';

const sameSpec = (tensor: TensorInfo): TensorSpec => ({ shape: tensor.shape, dtype: 'float32' });

/** Per-channel affine maps and sums in one of the two layouts. */
class ChannelOps {
  readonly e: Emitter;
  readonly shape: readonly number[];
  readonly channels: number;
  /** Elements per channel. */
  readonly count: number;
  readonly blocked: boolean;

  constructor(e: Emitter, x: Value) {
    this.e = e;
    this.shape = x.shape;
    this.channels = x.shape.at(-1)!;
    this.count = size(x.shape) / this.channels;
    this.blocked = e.canBlock(x) && (x.blocked !== null || !isSmallMap(x.shape[1]!, x.shape[2]!));
  }

  name(value: Value): string {
    return this.blocked ? this.e.blocked(value) : this.e.plain(value);
  }

  value(name: string): Value {
    return this.blocked ? blockedValue(this.shape, name) : plainValue(this.shape, name);
  }

  /** activation(x * scale + shift + skip); scale and shift are [c]. */
  affine(x: string, scale: string, shift: string, skip: string | null, activation: Activation): string {
    const { e, channels } = this;
    if (this.blocked) {
      const inputs = [x, e.reshape(scale, [channels, 1, 1, 1]), shift, ...(skip === null ? [] : [skip])];
      const relu = activation === 'relu' ? { activation: 'Relu' } : {};
      const y = e.blockedOp('Conv', inputs, { kernel_shape: [1, 1], group: channels, ...relu });
      return activation === 'relu6' ? e.op('Clip', [y, e.scalar(0), e.scalar(6)]) : y;
    }
    let y = e.op('Add', [e.op('Mul', [x, scale]), shift]);
    if (skip !== null) y = e.op('Add', [y, skip]);
    if (activation === 'relu') return e.op('Relu', [y]);
    return activation === 'relu6' ? e.op('Clip', [y, e.scalar(0), e.scalar(6)]) : y;
  }

  /** Sum per channel, [c]. */
  sum(x: string): string {
    const { e, channels, shape } = this;
    if (!this.blocked) {
      const rows = e.reshape(x, [this.count, channels]);
      return e.op('ReduceSum', [rows, e.ints(0)], { keepdims: 0 });
    }
    const [n, h, w] = shape as [number, number, number];
    const b = e.block!;
    const maps = e.reshape(x, [n, channels / b, h * w, b]);
    // Over the pixels, then over the images: one reduction over both axes is several times slower.
    const perImage = e.op('ReduceSum', [maps, e.ints(2)], { keepdims: 0 });
    return e.reshape(e.op('ReduceSum', [perImage, e.ints(0)], { keepdims: 0 }), [channels]);
  }

  mean(x: string): string {
    return this.e.op('Mul', [this.sum(x), this.e.scalar(1 / this.count)]);
  }

  /** x - mean, mean [c]. */
  centre(x: string, mean: string): string {
    const { e, channels } = this;
    if (!this.blocked) return e.op('Sub', [x, mean]);
    const one = e.op('Expand', [e.scalar(1), e.ints(channels, 1, 1, 1)]);
    return e.blockedOp('Conv', [x, one, e.op('Neg', [mean])], { kernel_shape: [1, 1], group: channels });
  }
}

/** 1 / sqrt(variance + epsilon) */
function inverseDeviation(e: Emitter, variance: string, epsilon: number): string {
  return e.op('Reciprocal', [e.op('Sqrt', [e.op('Add', [variance, e.scalar(epsilon)])])]);
}

export const batchNormTrain: NativeKernel = {
  name: 'BatchNormTrain',
  inputs: ['x', 'gamma', 'beta', 'runningMean', 'runningVariance', 'skip'],
  outputs: ([x, gamma]) => [sameSpec(x!), ...Array.from({ length: 4 }, () => sameSpec(gamma!))],
  emit: (e, inputs, attributes) => {
    const [x, gamma, beta, runningMean, runningVariance] = inputs as [Value, Value, Value, Value, Value];
    const skip = inputs[5];
    const { epsilon, momentum, activation } = attributes as {
      epsilon: number;
      momentum: number;
      activation: Activation;
    };
    const ops = new ChannelOps(e, x);
    const input = ops.name(x);
    const mean = ops.mean(input);
    const centred = ops.centre(input, mean);
    const variance = ops.mean(e.op('Mul', [centred, centred]));
    const invStd = inverseDeviation(e, variance, epsilon);
    const scale = e.op('Mul', [e.plain(gamma), invStd]);
    const y = ops.affine(centred, scale, e.plain(beta), skip ? ops.name(skip) : null, activation);
    const blend = (old: string, now: string, weight: number) =>
      e.op('Add', [
        e.op('Mul', [old, e.scalar(momentum)]),
        e.op('Mul', [now, e.scalar((1 - momentum) * weight)]),
      ]);
    const unbias = ops.count / Math.max(1, ops.count - 1);
    const vector = (name: string) => plainValue(gamma.shape, name);
    return [
      ops.value(y),
      vector(mean),
      vector(invStd),
      vector(blend(e.plain(runningMean), mean, 1)),
      vector(blend(e.plain(runningVariance), variance, unbias)),
    ];
  },
};

/** dy where the activation let its input through, from the activation's output y. */
export function activationGradient(e: Emitter, dy: string, y: string, activation: Activation): string {
  if (activation === 'none') return dy;
  // 1 where positive, else 0: a steep HardSigmoid is two to four times faster than Sign or Where.
  const step = (name: string) => e.op('HardSigmoid', [name], { alpha: { float: 1e30 }, beta: { float: 0 } });
  const masked = e.op('Mul', [step(y), dy]);
  return activation === 'relu' ? masked : e.op('Mul', [step(e.op('Sub', [e.scalar(6), y])), masked]);
}

/**
 * With dz the gradient before activation, P elements per channel and xc = x - mean:
 * dbeta = sum dz; dgamma = invStd * sum dz*xc; dx = gamma*invStd * (dz - dbeta/P - xc * invStd * dgamma/P); dskip = dz.
 */
export const batchNormTrainGrad: NativeKernel = {
  name: 'BatchNormTrainGrad',
  inputs: ['dy', 'y', 'x', 'gamma', 'mean', 'invStd'],
  outputs: ([, , x, gamma], attributes) => [
    sameSpec(x!),
    sameSpec(gamma!),
    sameSpec(gamma!),
    ...(attributes['skip'] === true ? [sameSpec(x!)] : []),
  ],
  emit: (e, inputs, attributes) => {
    const [dy, y, x, gamma, mean, invStd] = inputs as [Value, Value, Value, Value, Value, Value];
    const { activation, skip } = attributes as { activation: Activation; skip: boolean };
    const ops = new ChannelOps(e, x);
    const dz =
      activation === 'none' ? ops.name(dy) : activationGradient(e, ops.name(dy), ops.name(y), activation);
    const centred = ops.centre(ops.name(x), e.plain(mean));
    const dbeta = ops.sum(dz);
    const dgamma = e.op('Mul', [ops.sum(e.op('Mul', [dz, centred])), e.plain(invStd)]);
    const scale = e.op('Mul', [e.plain(gamma), e.plain(invStd)]);
    const share = e.op('Mul', [scale, e.scalar(-1 / ops.count)]);
    const slope = e.op('Mul', [e.op('Mul', [share, e.plain(invStd)]), dgamma]);
    const rest = ops.affine(centred, slope, e.op('Mul', [share, dbeta]), null, 'none');
    const zero = e.op('Mul', [scale, e.scalar(0)]);
    const dx = ops.affine(dz, scale, zero, rest, 'none');
    const vector = (name: string) => plainValue(gamma.shape, name);
    return [ops.value(dx), vector(dgamma), vector(dbeta), ...(skip ? [ops.value(dz)] : [])];
  },
};

/** The same with the running statistics, without a gradient: the teacher's and the evaluation's batch norm. */
export const batchNormInference: NativeKernel = {
  name: 'BatchNormInference',
  inputs: ['x', 'gamma', 'beta', 'mean', 'variance', 'skip'],
  outputs: ([x]) => [sameSpec(x!)],
  emit: (e, inputs, attributes) => {
    const [x, gamma, beta, mean, variance] = inputs as [Value, Value, Value, Value, Value];
    const skip = inputs[5];
    const { epsilon, activation } = attributes as { epsilon: number; activation: Activation };
    const ops = new ChannelOps(e, x);
    const scale = e.op('Mul', [e.plain(gamma), inverseDeviation(e, e.plain(variance), epsilon)]);
    const shift = e.op('Sub', [e.plain(beta), e.op('Mul', [e.plain(mean), scale])]);
    return [ops.value(ops.affine(ops.name(x), scale, shift, skip ? ops.name(skip) : null, activation))];
  },
};

/** tfjs's own inference batch norm, of [c] statistics. */
export const fusedBatchNorm: NativeKernel = {
  name: 'FusedBatchNorm',
  inputs: ['x', 'mean', 'variance', 'offset', 'scale'],
  accepts: (inputs) =>
    inputs.every((t, i) => !t || (t.dtype === 'float32' && (i === 0 || t.shape.length === 1))) &&
    size(inputs[0]!.shape) > 2048,
  outputs: ([x]) => [sameSpec(x!)],
  emit: (e, inputs, attributes) => {
    const [x, mean, variance] = inputs as [Value, Value, Value];
    const [, , , offset, gamma] = inputs;
    const epsilon = (attributes['varianceEpsilon'] as number | null | undefined) ?? 0.001;
    const ops = new ChannelOps(e, x);
    const invStd = inverseDeviation(e, e.plain(variance), epsilon);
    const scale = gamma ? e.op('Mul', [e.plain(gamma), invStd]) : invStd;
    const centre = e.op('Neg', [e.op('Mul', [e.plain(mean), scale])]);
    const shift = offset ? e.op('Add', [centre, e.plain(offset)]) : centre;
    return [ops.value(ops.affine(ops.name(x), scale, shift, null, 'none'))];
  },
};
