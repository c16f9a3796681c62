import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeKernel, TensorSpec } from '../kernel.ts';
import type { Emitter } from '../emitter.ts';
import { plainValue, type Value } from '../layout.ts';
import { channelsOf } from './channels/choose.ts';
import type { Activation, ChannelOps } from './channels/ops.ts';
import { foldIntoConvolution } from './fold.ts';

/**
 * Batch norm over the last axis. On blocked tensors a 1x1 depthwise convolution does scale, shift, addition of a shortcut and
 * ReLU in one pass over memory. The variance is a mean of squared differences from the mean, in two passes: E[x^2] - E[x]^2
 * loses all its digits where the mean is large.
 */

const sameSpec = (tensor: TensorInfo): TensorSpec => ({ shape: tensor.shape, dtype: 'float32' });

/** activation(x * scale + shift + skip) */
function normalised(
  ops: ChannelOps,
  x: string,
  { scale, shift }: { scale: string; shift: string },
  skip: Value | undefined,
  activation: Activation,
): Value {
  if (!skip) return ops.close(ops.affine(x, { scale, shift, activation }));
  // A shortcut is read again elsewhere: it must not be the addend, which would be copied.
  return ops.close(ops.add(ops.open(skip), ops.affine(x, { scale, shift }), activation));
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
    const ops = channelsOf(e, x);
    const input = ops.open(x);
    const mean = ops.mean(input);
    const centred = ops.centre(input, mean);
    const variance = ops.product(centred, centred, 1 / ops.count);
    const invStd = inverseDeviation(e, variance, epsilon);
    const terms = { scale: e.op('Mul', [e.plain(gamma), invStd]), shift: e.plain(beta) };
    const y = normalised(ops, centred, terms, skip, activation);
    const blend = (old: string, now: string, weight: number) =>
      e.op('Add', [
        e.op('Mul', [old, e.scalar(momentum)]),
        e.op('Mul', [now, e.scalar((1 - momentum) * weight)]),
      ]);
    const unbias = ops.count / Math.max(1, ops.count - 1);
    const vector = (name: string) => plainValue(gamma.shape, name);
    return [
      y,
      vector(mean),
      vector(invStd),
      vector(blend(e.plain(runningMean), mean, 1)),
      vector(blend(e.plain(runningVariance), variance, unbias)),
    ];
  },
};

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
    const ops = channelsOf(e, x);
    const dz = ops.gate(ops.open(dy), ops.open(y), activation);
    // The node of the forward pass: within one graph it is there already.
    const centred = ops.centre(ops.open(x), e.plain(mean));
    const dbeta = ops.sum(dz);
    const dgamma = e.op('Mul', [ops.product(dz, centred), e.plain(invStd)]);
    const scale = e.op('Mul', [e.plain(gamma), e.plain(invStd)]);
    const share = e.op('Mul', [scale, e.scalar(-1 / ops.count)]);
    const slope = e.op('Mul', [e.op('Mul', [share, e.plain(invStd)]), dgamma]);
    const rest = ops.affine(centred, { scale: slope, shift: e.op('Mul', [share, dbeta]) });
    const dx = ops.affine(dz, { scale, addend: rest });
    const vector = (name: string) => plainValue(gamma.shape, name);
    return [ops.close(dx), vector(dgamma), vector(dbeta), ...(skip ? [ops.close(dz)] : [])];
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
    const ops = channelsOf(e, x);
    const scale = e.op('Mul', [e.plain(gamma), inverseDeviation(e, e.plain(variance), epsilon)]);
    const shift = e.op('Sub', [e.plain(beta), e.op('Mul', [e.plain(mean), scale])]);
    const folded = foldIntoConvolution(e, x, { scale, shift }, skip, activation);
    return [folded ?? normalised(ops, ops.open(x), { scale, shift }, skip, activation)];
  },
};
