import {
  type DistillationRecipe,
  distillationPresets,
  distillationSchema,
} from '../../../electron/contract/distillation.ts';
import { listed } from '../../../electron/contract/listed.ts';
import { type LossWeight, weighsNothing } from '../../../electron/contract/loss-weight.ts';
import { weightWords } from '../../../electron/contract/loss-words.ts';
import { type DistillationTerm, imitated, methodDescriptors } from '../../../electron/contract/methods.ts';
import { formatPercent, formatSet } from '../../format.ts';

/** What the student's loss is, in words. */
export function lossSentence({ labels, terms }: DistillationRecipe): string {
  if (terms.length === 0) return 'The student learns from the labels alone: there is no distillation term.';
  const counting = terms.filter(({ weight }) => !weighsNothing(weight));
  if (counting.length === 0)
    return 'The student learns from the labels alone: the distillation loss has no weight.';
  const share = shareOf(labels.weight, counting);
  const aims = counting.map(
    (term) => `${imitated(term, formatSet)} (weight ${weightWords(term.weight, formatSet)}${share})`,
  );
  const imitates = `The student learns to match the teacher's ${listed(aims)}`;
  return weighsNothing(labels.weight)
    ? `${imitates}; the labels do not count.`
    : `${imitates} and to predict the label (weight ${weightWords(labels.weight, formatSet)}).`;
}

/** Of one term on logits at constant weights: the losses of features have another size. */
function shareOf(labels: LossWeight, [term, ...others]: readonly DistillationTerm[]): string {
  if (!term || others.length > 0 || methodDescriptors[term.method].needs.student !== 'logits') return '';
  if (typeof term.weight !== 'number' || typeof labels !== 'number' || labels === 0) return '';
  return `, ${formatPercent(term.weight / (term.weight + labels), 0)} of both`;
}

/** The preset whose numbers these are. */
export function presetOf(distillation: DistillationRecipe): string | null {
  // Parsed, the keys of both are in the schema's order.
  const written = (value: DistillationRecipe) => JSON.stringify(distillationSchema.safeParse(value).data);
  const wanted = written(distillation);
  return Object.entries(distillationPresets).find(([, preset]) => written(preset) === wanted)?.[0] ?? null;
}
