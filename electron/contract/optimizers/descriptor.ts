import type { Format, NumberField, NumberNames } from '../number-field.ts';

/** What everybody but the engine has to know of an optimiser, beside the schema of its settings. */
export interface OptimizerDescriptor<Settings> {
  label: string;
  paper: { title: string; url: string };
  /** One update of a weight w with the gradient g. */
  formula: string;
  /** What moves the weights, in a sentence. */
  sentence: string;
  /** Peak learning rates that are usual for it, in a sentence. */
  rates: string;
  /** Numbers that it keeps for each weight, of the weight's size in memory. */
  moments: number;
  numbers: { [Name in NumberNames<Settings>]: NumberField };
  /** What updated a network with these settings, after "by": AdamW (weight decay 0.01). */
  named: (settings: Settings, format: Format) => string;
}
