import type { NumberField } from '../number-field.ts';

/** The same field of every optimiser; what it does to a weight is in each one's formula. */
export const weightDecayField: NumberField = {
  label: 'Weight decay',
  symbol: 'λ',
  help: {
    what: 'Pulls the weights a little towards 0 at every step, which reduces overfitting.',
    unsure: '0.01 with AdamW, 0.0005 with SGD.',
  },
  step: 0.01,
  min: 0,
};
