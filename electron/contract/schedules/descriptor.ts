import type { Format, NumberField, NumberNames } from '../number-field.ts';

/** What everybody but the engine has to know of a learning rate's schedule, beside the schema of its settings. */
export interface ScheduleDescriptor<Settings> {
  label: string;
  paper: { title: string; url: string };
  /** The rate of a stage with the peak rate η, at the share t of its steps. */
  formula: string;
  /** What the rate does in a stage, after "In every stage". */
  sentence: string;
  numbers: { [Name in NumberNames<Settings>]: NumberField };
  /** What the rate does with these settings, after "a learning rate"; `rates`: the stages' peaks. */
  named: (settings: Settings, rates: string, format: Format) => string;
}
