import { z } from 'zod';
import type { OptimizerDescriptor } from './descriptor.ts';
import { weightDecayField } from './weight-decay.ts';

/** torch.optim.SGD without dampening. Its momentum is the schedule's, which may cycle it. Decay as in mdistiller. */
export const sgdSchema = z.strictObject({
  name: z.literal('sgd'),
  nesterov: z.boolean().default(false),
  /** Coupled: part of the gradient; none on norms and biases. */
  weightDecay: z.number().min(0).default(5e-4),
});

export const sgd: OptimizerDescriptor<z.output<typeof sgdSchema>> = {
  label: 'SGD',
  paper: {
    title: 'Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013',
    url: 'https://proceedings.mlr.press/v28/sutskever13.html',
  },
  formula: "b ← μb + g + λw; w ← w − ηb, or with Nesterov's momentum w ← w − η(g + λw + μb)",
  sentence:
    'Each weight moves along a decaying sum of its gradients. Weight decay is part of the gradient, and not applied to norms and biases.',
  rates: 'Usual peak rates are 0.01 to 0.1, higher than for AdamW.',
  moments: 1,
  numbers: { weightDecay: { ...weightDecayField, step: 0.0001 } },
  named: ({ nesterov, weightDecay }, format) => {
    const details = [
      ...(nesterov ? ["Nesterov's momentum"] : []),
      ...(weightDecay > 0 ? [`weight decay ${format(weightDecay)}`] : []),
    ];
    return `SGD${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
  },
};
