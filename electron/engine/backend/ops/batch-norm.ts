import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './fused.ts';

export type Activation = 'none' | 'relu' | 'relu6';

/** PyTorch's defaults, which a network may replace; momentum in tfjs's sense, the weight of the old value. */
export const batchNormEpsilon = 1e-5;
export const batchNormMomentum = 0.9;

export interface BatchNormState {
  /** Scale and shift, [c]. */
  gamma: Variable;
  beta: Variable;
  /** Running statistics, [c]; the variance is unbiased. Training leaves those that are no variables as they are. */
  mean: Tensor;
  variance: Tensor;
}

export interface BatchNormOptions {
  training: boolean;
  activation?: Activation;
  /** Added before the activation, of x's shape (a residual block's shortcut). */
  skip?: Tensor | undefined;
  epsilon?: number | undefined;
  momentum?: number | undefined;
}

/** With the defaults filled in. */
interface Settings {
  activation: Activation;
  skip: Tensor | undefined;
  epsilon: number;
  momentum: number;
}

/**
 * y = activation(gamma * (x - mean) / sqrt(variance + eps) + beta + skip) over the last axis, as PyTorch's BatchNorm:
 * in training the batch's (biased) variance normalises and the unbiased one enters the running variance.
 * x [..., c] -> [..., c].
 */
export function batchNorm<T extends Tensor>(x: T, state: BatchNormState, options: BatchNormOptions): T {
  const settings: Settings = {
    activation: options.activation ?? 'none',
    skip: options.skip,
    epsilon: options.epsilon ?? batchNormEpsilon,
    momentum: options.momentum ?? batchNormMomentum,
  };
  if (!options.training) return inference(x, state, settings);
  if (hasKernel('BatchNormTrain')) return fusedTraining(x, state, settings);
  return compositeTraining(x, state, settings);
}

function activate<T extends Tensor>(x: T, activation: Activation): T {
  if (activation === 'relu') return tf.relu(x);
  if (activation === 'relu6') return tf.relu6(x);
  return x;
}

/** The running statistics; on backends with a fused kernel it has no gradient. */
function inference<T extends Tensor>(x: T, state: BatchNormState, settings: Settings): T {
  const { activation, skip, epsilon } = settings;
  if (hasKernel('BatchNormInference')) {
    const { gamma, beta, mean, variance } = state;
    const inputs = { x, gamma, beta, mean, variance, ...(skip ? { skip } : {}) };
    return runKernel('BatchNormInference', inputs, { epsilon, activation })[0] as T;
  }
  const scale = tf.mul(state.gamma, tf.rsqrt(tf.add(state.variance, epsilon)));
  const shift = tf.sub(state.beta, tf.mul(state.mean, scale));
  const y: T = tf.add(tf.mul(x, scale), shift);
  return activate(skip ? tf.add(y, skip) : y, activation);
}

function keep(statistic: Tensor, value: Tensor): void {
  if (statistic instanceof tf.Variable) statistic.assign(value);
}

/** `old`: the weight of the old statistics. */
function updateRunning(
  state: BatchNormState,
  { mean, biasedVariance, count, old }: { mean: Tensor; biasedVariance: Tensor; count: number; old: number },
): void {
  tf.tidy(() => {
    const unbiased = tf.mul(biasedVariance, count / Math.max(1, count - 1));
    keep(state.mean, tf.add(tf.mul(state.mean, old), tf.mul(mean, 1 - old)));
    keep(state.variance, tf.add(tf.mul(state.variance, old), tf.mul(unbiased, 1 - old)));
  });
}

function compositeTraining<T extends Tensor>(x: T, state: BatchNormState, settings: Settings): T {
  const { activation, skip, epsilon, momentum } = settings;
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const mean = tf.mean(x, axes);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes);
  updateRunning(state, { mean, biasedVariance: variance, count: x.size / state.mean.size, old: momentum });
  const scale = tf.mul(state.gamma, tf.rsqrt(tf.add(variance, epsilon)));
  const y: T = tf.add(tf.mul(centred, scale), state.beta);
  return activate(skip ? tf.add(y, skip) : y, activation);
}

/** One kernel forward, one backward. */
function fusedTraining<T extends Tensor>(x: T, state: BatchNormState, settings: Settings): T {
  const { activation, skip, epsilon, momentum } = settings;
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const [input, gamma, beta, shortcut] = args.slice(0, -1) as [
      Tensor,
      Tensor1D,
      Tensor1D,
      Tensor | undefined,
    ];
    // A backend's kernel may return one tensor more, for its own gradient kernel.
    const [y, mean, invStd, runningMean, runningVariance, ...reserve] = runKernel(
      'BatchNormTrain',
      {
        x: input,
        gamma,
        beta,
        runningMean: state.mean,
        runningVariance: state.variance,
        ...(shortcut ? { skip: shortcut } : {}),
      },
      { epsilon, momentum, activation },
    ) as [Tensor, Tensor, Tensor, Tensor, Tensor, ...Tensor[]];
    keep(state.mean, runningMean);
    keep(state.variance, runningVariance);
    save([input, gamma, y, mean, invStd, ...reserve]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [x0, gamma0, y0, mean0, invStd0, reserve0] = saved as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor?,
      ];
      return runKernel(
        'BatchNormTrainGrad',
        {
          ...{ dy, y: y0, x: x0, gamma: gamma0, mean: mean0, invStd: invStd0 },
          ...(reserve0 ? { reserve: reserve0 } : {}),
        },
        { activation, skip: shortcut !== undefined, epsilon },
      );
    };
    return { value: y, gradFunc };
  });
  return op(...(skip ? [x, state.gamma, state.beta, skip] : [x, state.gamma, state.beta])) as T;
}
