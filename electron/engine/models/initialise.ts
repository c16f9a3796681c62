import type { Random } from '../numbers/random.ts';

/** Draws one number of a fresh parameter. */
export type Initialiser = (random: Random) => number;

export const constant =
  (value: number): Initialiser =>
  () =>
    value;

const normal =
  (std: number): Initialiser =>
  (random) =>
    random.normal() * std;

const uniform =
  (bound: number): Initialiser =>
  (random) =>
    random.uniform(-bound, bound);

/** How a convolution starts, from the products in each of its outputs and the uses of each of its inputs. */
export type FilterInitial = (fan: { in: number; out: number }) => { weight: Initialiser; bias: Initialiser };

/**
 * torchvision's ResNets: normal with variance 2 / (kernel^2 * channels out) (He et al., 2015, fan out), bias 0. PyTorch
 * counts every channel of a depthwise convolution as its output, so the same formula serves it.
 */
export const filterKaiming: FilterInitial = (fan) => ({
  weight: normal(Math.sqrt(2 / fan.out)),
  bias: constant(0),
});

/** nn.Conv2d's own: filter and bias uniform in +-1 / sqrt(fan in). */
export const filterDefault: FilterInitial = (fan) => {
  const initial = uniform(1 / Math.sqrt(fan.in));
  return { weight: initial, bias: initial };
};

/** torchvision's SqueezeNet: uniform with variance 2 / fan in, bias 0. */
export const filterKaimingUniform: FilterInitial = (fan) => ({
  weight: uniform(Math.sqrt(6 / fan.in)),
  bias: constant(0),
});

/** Normal with this standard deviation, bias 0. */
export const filterNarrow =
  (std: number): FilterInitial =>
  () => ({ weight: normal(std), bias: constant(0) });

/** How a linear layer starts, from its numbers of inputs and outputs. */
export type LinearInitial = (inputs: number, outputs: number) => { weight: Initialiser; bias: Initialiser };

/** nn.Linear's own: weight and bias uniform in +-1 / sqrt(inputs). */
export const linearDefault: LinearInitial = (inputs) => {
  const initial = uniform(1 / Math.sqrt(inputs));
  return { weight: initial, bias: initial };
};

/** Normal with this standard deviation, bias 0: torchvision's MobileNets with 0.01. */
export const linearNormal =
  (std: number): LinearInitial =>
  () => ({ weight: normal(std), bias: constant(0) });

/** torchvision's EfficientNet: uniform in +-1 / sqrt(outputs), bias 0. */
export const linearByOutputs: LinearInitial = (_, outputs) => ({
  weight: uniform(1 / Math.sqrt(outputs)),
  bias: constant(0),
});

/** fastai's head: Kaiming normal, gain sqrt(2), over the inputs. */
export const linearKaiming: LinearInitial = (inputs) => ({
  weight: normal(Math.sqrt(2 / inputs)),
  bias: constant(0),
});

/** A 1x1 convolution of a vector, as torchvision's convolutions start: normal with variance 2 / outputs, bias 0. */
export const filterAsLinear: LinearInitial = (_, outputs) => ({
  weight: normal(Math.sqrt(2 / outputs)),
  bias: constant(0),
});
