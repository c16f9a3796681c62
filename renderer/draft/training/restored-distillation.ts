import { type DistillationRecipe, distillationPresets } from '../../../electron/contract/distillation.ts';
import { asTerms } from '../../../electron/contract/distillation-version-1.ts';
import type { LossWeight } from '../../../electron/contract/loss-weight.ts';
import { type DistillationTerm, methodNames } from '../../../electron/contract/methods.ts';
import { isRecord } from '../record.ts';
import { newTerm } from './terms.ts';

/** JSON has no NaN: an emptied number field comes back as null. */
const numberOf = (stored: unknown, fallback: number): number =>
  stored === null ? NaN : typeof stored === 'number' ? stored : fallback;

/** The distillation of a stored draft, which may be unfinished or of version 1; null: it has none. */
export function restoredDistillation(stored: unknown): DistillationRecipe | null {
  if (!isRecord(stored) || !isRecord(stored['distillation'])) return null;
  const given = stored['distillation'];
  if (stored['version'] === 1) return restoredVersion1(given);
  const fallback = distillationPresets.hinton;
  const { labels, terms } = given;
  return {
    labels: { weight: weightOf(isRecord(labels) ? labels['weight'] : undefined, 0.1) },
    terms: Array.isArray(terms) ? terms.flatMap(termsOf) : fallback.terms,
  };
}

const restoredVersion1 = (given: Record<string, unknown>): DistillationRecipe =>
  asTerms({
    method: given['method'] === 'logits' ? 'logits' : 'soft-target',
    temperature: numberOf(given['temperature'], 4),
    distillationWeight: numberOf(given['distillationWeight'], 0.9),
    labelWeight: numberOf(given['labelWeight'], 0.1),
  });

function weightOf(stored: unknown, fallback: number): LossWeight {
  if (!isRecord(stored)) return numberOf(stored, fallback);
  const { schedule, value, from, to, epochs, warmup: rise = 0 } = stored;
  const warmup = numberOf(rise, 0);
  if (schedule === 'constant') return { schedule, value: numberOf(value, fallback), warmup };
  return {
    schedule: schedule === 'cosine' ? 'cosine' : 'linear',
    from: numberOf(from, fallback),
    to: numberOf(to, 0),
    // null means the whole training.
    epochs: typeof epochs === 'number' ? epochs : null,
    warmup,
  };
}

/** The term; none where the method is not known. */
function termsOf(stored: unknown): DistillationTerm[] {
  if (!isRecord(stored)) return [];
  const method = methodNames.find((name) => name === stored['method']);
  if (method === undefined) return [];
  const fresh = newTerm(method, { student: null, teacher: null });
  const weight = weightOf(stored['weight'], typeof fresh.weight === 'number' ? fresh.weight : 1);
  return [{ ...(restoredLike(fresh, stored) as DistillationTerm), weight }];
}

/** `fresh` with what is stored in place of each value that is of the same kind. The items of a list are like its first. */
function restoredLike(fresh: unknown, stored: unknown): unknown {
  if (typeof fresh === 'number') return numberOf(stored, fresh);
  if (Array.isArray(fresh)) {
    const first: unknown = fresh[0];
    const items: unknown[] = Array.isArray(stored) ? stored : [];
    return items
      .filter((item) => isRecord(item) === isRecord(first))
      .map((item) => restoredLike(first, item));
  }
  if (isRecord(fresh) && isRecord(stored))
    return Object.fromEntries(
      Object.entries(fresh).map(([name, value]) => [name, restoredLike(value, stored[name])]),
    );
  return typeof stored === typeof fresh ? stored : fresh;
}
