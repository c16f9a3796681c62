import type { DistillationRecipe, DistillationTerm } from './distillation.ts';
import { listed } from './listed.ts';
import type { LossWeight } from './loss-weight.ts';
import { methodDescriptors } from './methods.ts';

/** How a number that somebody has set is written. */
type Format = (value: number) => string;

/** 0.9, or: 0.9 to 0 along a cosine over 5 epochs. */
export function weightWords(weight: LossWeight, format: Format): string {
  if (typeof weight === 'number') return format(weight);
  const { schedule, from, to, epochs } = weight;
  const way = schedule === 'linear' ? 'linearly' : 'along a cosine';
  const span = epochs === null ? 'the whole training' : epochs === 1 ? '1 epoch' : `${format(epochs)} epochs`;
  return `${format(from)} to ${format(to)} ${way} over ${span}`;
}

/** What the student imitates, after "the teacher's": soft targets at temperature 4. */
export function imitated(term: DistillationTerm, format: Format): string {
  switch (term.method) {
    case 'soft-target':
      return `soft targets at temperature ${format(term.temperature)}`;
    case 'logits':
      return 'logits';
    case 'fitnet':
      return `features after ${pairWords(term)}`;
    case 'attention':
      return `attention maps after ${listed(term.stages.map(pairWords))}`;
  }
}

const pairWords = ({ student, teacher }: { student: string; teacher: string }): string =>
  student === teacher ? teacher : `${teacher} (student: ${student})`;

/** The whole loss: 0.1 × cross-entropy with the labels + 0.9 × T² × KL(...), T = 4. */
export function lossFormula({ labels, terms }: DistillationRecipe, format: Format): string {
  const factor = (weight: LossWeight) =>
    typeof weight === 'number' ? format(weight) : `(${weightWords(weight, format)})`;
  return [
    `${factor(labels.weight)} × cross-entropy with the labels`,
    ...terms.map(({ method, weight, ...rest }) => {
      const { formula } = methodDescriptors[method];
      const text = 'temperature' in rest ? formula.replace(/\bT\b/g, format(rest.temperature)) : formula;
      return `${factor(weight)} × ${text}`;
    }),
  ].join(' + ');
}
