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

/**
 * torchvision's convolutions: normal with variance 2 / (kernel^2 * channels out) (He et al., 2015, fan out). PyTorch
 * counts every channel of a depthwise convolution as its output, so the same formula serves it.
 */
export const convInitial = (kernel: number, channels: number): Initialiser =>
  normal(Math.sqrt(2 / (kernel * kernel * channels)));

/** How a linear layer starts, from its number of inputs. */
export type LinearInitial = (inputs: number) => { weight: Initialiser; bias: Initialiser };

/** nn.Linear's own: weight and bias uniform in +-1 / sqrt(inputs). */
export const linearDefault: LinearInitial = (inputs) => {
  const initial = uniform(1 / Math.sqrt(inputs));
  return { weight: initial, bias: initial };
};

/** torchvision's MobileNetV2: normal with standard deviation 0.01, bias 0. */
export const linearNarrow: LinearInitial = () => ({ weight: normal(0.01), bias: constant(0) });

/** fastai's head: Kaiming normal, gain sqrt(2), over the inputs. */
export const linearKaiming: LinearInitial = (inputs) => ({
  weight: normal(Math.sqrt(2 / inputs)),
  bias: constant(0),
});
