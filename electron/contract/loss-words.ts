import type { DistillationRecipe } from './distillation.ts';
import type { LossWeight } from './loss-weight.ts';
import { type DistillationTerm, methodDescriptors, numbersOf } from './methods.ts';
import { standardisedWords } from './methods/standardise.ts';
import type { Format } from './number-field.ts';

/** 0.9, or: 0.9 to 0 along a cosine over 5 epochs, with a warm-up of 2 epochs. */
export function weightWords(weight: LossWeight, format: Format): string {
  if (typeof weight === 'number') return format(weight);
  const epochs = (count: number) => (count === 1 ? '1 epoch' : `${format(count)} epochs`);
  const rise = weight.warmup > 0 ? `, with a warm-up of ${epochs(weight.warmup)}` : '';
  if (weight.schedule === 'constant') return `${format(weight.value)}${rise}`;
  const way = weight.schedule === 'linear' ? 'linearly' : 'along a cosine';
  const span = weight.epochs === null ? 'the whole training' : epochs(weight.epochs);
  return `${format(weight.from)} to ${format(weight.to)} ${way} over ${span}${rise}`;
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
