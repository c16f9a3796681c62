/** How a number somebody has set is written. */
export type Format = (value: number) => string;

/** A number of a distillation method or an optimiser, as wizard and help have it. Those that share its name share it. */
export interface NumberField {
  label: string;
  /** Its letter in the formula. */
  symbol: string;
  help: { what: string; unsure: string };
  /** Of the arrow keys. */
  step: number;
  min: number;
  max?: number;
}

/** The names of the numbers among some fields. */
export type NumberNames<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends number ? Name : never;
}[keyof Fields];
