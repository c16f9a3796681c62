import type { LearningRateCurve } from '../../../electron/contract/learning-rates.ts';

export interface SuggestedRate {
  name: string;
  /** Of two digits: more would be noise. */
  rate: number;
  text: string;
}

/** The rates that a search suggests, as a choice for people; those that the curve does not show are left out. */
export function suggestedRates({
  valley,
  steep,
  minimum,
}: LearningRateCurve['suggestions']): SuggestedRate[] {
  return [
    { name: 'Valley', rate: valley, text: 'in the middle of the longest descent: a good first choice' },
    { name: 'Steepest', rate: steep, text: 'where the loss falls fastest' },
    { name: 'Minimum / 10', rate: minimum, text: 'a tenth of the rate where the loss is lowest' },
  ].flatMap(({ rate, ...one }) => (rate === null ? [] : [{ ...one, rate: Number(rate.toPrecision(2)) }]));
}
