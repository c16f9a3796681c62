import { DistillError } from '../../../../contract/errors.ts';
import type { Part } from '../../../../contract/parts.ts';
import { depth } from '../../source/source.ts';
import { listed } from './columns.ts';
import type { TableRows } from './read.ts';
import { partOfTable } from './find.ts';

export interface ChosenTables {
  /** Training first. */
  tables: TableRows[];
  /** Usable tables that were not taken, with the reason. */
  reasons: Map<string, string>;
  /** The choice, where it could have been another; a sentence each. */
  notes: string[];
}

/**
 * Of several tables of labels: one for each part where their names (or folders) give parts, else the one nearest to the
 * root unless another names twice as many images. Throws INVALID_INPUT where two are equally good.
 */
export function chooseTables(usable: readonly TableRows[]): ChosenTables {
  const chosen = new Map<Part | null, TableRows>();
  const reasons = new Map<string, string>();
  for (const part of ['train', 'validation', 'test', null] as const) {
    const candidates = usable.filter(({ key }) => partOfTable(key) === part);
    const best = bestOf(candidates);
    if (best === null) continue;
    chosen.set(part, best);
    for (const { key } of candidates)
      if (key !== best.key)
        reasons.set(key, `the table ${best.key} was taken instead, which names more images`);
  }
  const whole = chosen.get(null);
  // A table for the whole dataset is of use where no other one is there to train on.
  if (whole && chosen.size > 1 && chosen.has('train')) {
    chosen.delete(null);
    reasons.set(whole.key, 'the tables named after parts were taken instead');
  }
  const order = [chosen.get('train'), chosen.get(null), chosen.get('validation'), chosen.get('test')];
  const tables = order.filter((one) => one !== undefined);
  const others = [...reasons.keys()];
  const notes =
    others.length === 0
      ? []
      : [
          `Of several tables of labels ${listed(tables.map(({ key }) => key))} ${tables.length === 1 ? 'was' : 'were'} taken, not ${listed(others)}; to read another one, give its path as the dataset.`,
        ];
  return { tables, reasons, notes };
}

function bestOf(candidates: readonly TableRows[]): TableRows | null {
  const sorted = [...candidates].sort((a, b) => depth(a.key) - depth(b.key) || b.matched - a.matched);
  const [nearest] = sorted;
  if (!nearest) return null;
  const most = sorted.reduce((best, one) => (one.matched > best.matched ? one : best));
  const best = most.matched > 2 * nearest.matched ? most : nearest;
  const equal = candidates.filter(
    (one) => one !== best && one.matched === best.matched && depth(one.key) === depth(best.key),
  );
  if (equal.length === 0) return best;
  throw new DistillError(
    'INVALID_INPUT',
    `There are several tables of labels: ${listed([best, ...equal].map(({ key }) => key))}.`,
    'Give the path of the one that you mean as the dataset.',
  );
}
