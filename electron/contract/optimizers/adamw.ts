import { z } from 'zod';
import { positive } from '../recipe/quantities.ts';
import type { OptimizerDescriptor } from './descriptor.ts';
import { weightDecayField } from './weight-decay.ts';

/**
 * torch.optim.AdamW, with fastai's defaults (torch's are beta2 0.999 and epsilon 1e-8). beta1 is the schedule's momentum. Recipes
 * written before there was another optimiser have no name.
 */
export const adamwSchema = z.strictObject({
  name: z.literal('adamw').default('adamw'),
  beta2: z.number().min(0).lt(1).default(0.99),
  epsilon: positive.default(1e-5),
  /** Decoupled; none on norms and biases. */
  weightDecay: z.number().min(0).default(0.01),
});

export const adamw: OptimizerDescriptor<z.output<typeof adamwSchema>> = {
  label: 'AdamW',
  paper: {
    title: 'Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019',
    url: 'https://arxiv.org/abs/1711.05101',
  },
  formula:
    'm ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²; w ← (1 − ηλ)w − η m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)',
  sentence:
    'Each weight moves by the running mean of its gradient, divided by the root of the running mean of its square. Weight decay is applied beside the gradient, and not to norms and biases.',
  rates: 'Usual peak rates are 0.001 to 0.01.',
  moments: 2,
  numbers: {
    weightDecay: weightDecayField,
    beta2: {
      label: "Adam's β₂",
      symbol: 'β₂',
      help: {
        what: 'How long Adam, the optimiser, remembers the size of earlier gradients.',
        unsure: "0.99. PyTorch's default is 0.999.",
      },
      step: 0.001,
      min: 0,
      max: 0.9999,
    },
    epsilon: {
      label: "Adam's ε",
      symbol: 'ε',
      help: {
        what: 'A small number that keeps Adam from dividing by almost 0.',
        unsure: "0.00001. PyTorch's default is 0.00000001.",
      },
      step: 0.00001,
      min: 0,
    },
  },
  named: ({ weightDecay }, format) =>
    weightDecay > 0 ? `AdamW (weight decay ${format(weightDecay)})` : 'Adam',
};
