import type { DistillationRecipe } from './distillation.ts';
import type { LossWeight } from './loss-weight.ts';
import { type DistillationTerm, methodDescriptors, numbersOf } from './methods.ts';
import { standardisedWords } from './methods/standardise.ts';
import type { Format } from './number-field.ts';

/** 0.9, or: 0.9 to 0 along a cosine over 5 epochs. */
export function weightWords(weight: LossWeight, format: Format): string {
  if (typeof weight === 'number') return format(weight);
  const { schedule, from, to, epochs } = weight;
  const way = schedule === 'linear' ? 'linearly' : 'along a cosine';
  const span = epochs === null ? 'the whole training' : epochs === 1 ? '1 epoch' : `${format(epochs)} epochs`;
  return `${format(from)} to ${format(to)} ${way} over ${span}`;
}

/** The whole loss: 0.1 × cross-entropy with the labels + 0.9 × T² × KL(...), T = 4. */
export function lossFormula({ labels, terms }: DistillationRecipe, format: Format): string {
  const factor = (weight: LossWeight) =>
    typeof weight === 'number' ? format(weight) : `(${weightWords(weight, format)})`;
  return [
    `${factor(labels.weight)} × cross-entropy with the labels`,
    ...terms.map((term) => `${factor(term.weight)} × ${termFormula(term, format)}`),
  ].join(' + ');
}

/** The method's formula with the term's numbers in place of their letters. */
function termFormula(term: DistillationTerm, format: Format): string {
  const formula = numbersOf(term).reduce(
    (text, { symbol, value }) =>
      text.replace(new RegExp(`(?<!\\p{L})${symbol}(?!\\p{L})`, 'gu'), format(value)),
    methodDescriptors[term.method].formula,
  );
  return 'standardise' in term ? `${formula}${standardisedWords(term.standardise)}` : formula;
}
