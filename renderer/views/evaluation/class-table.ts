import type { Judgement } from '../../../electron/contract/judgement.ts';
import type { Role } from '../../../electron/contract/result.ts';

/** One class, all models. */
export interface ClassRow {
  id: number;
  name: string;
  seen: boolean;
  support: number;
  f1: Partial<Record<Role, number>>;
  recall: Partial<Record<Role, number>>;
  precision: Partial<Record<Role, number>>;
  /** F1 of the student less the baseline's; null without a baseline. */
  gain: number | null;
}

export type SortKey = 'id' | 'name' | 'support' | 'gain' | Role;
export interface Sort {
  key: SortKey;
  descending: boolean;
}

export function classRows({ classes, models, mask }: Judgement): ClassRow[] {
  const chosen = new Set(mask.classes);
  const entries = Object.entries(models) as [Role, NonNullable<Judgement['models'][Role]>][];
  const rows = classes
    .filter(({ id }) => chosen.has(id))
    .map(({ id, name, seen }): ClassRow => {
      const row: ClassRow = { id, name, seen, support: 0, f1: {}, recall: {}, precision: {}, gain: null };
      for (const [role, { perClass }] of entries) {
        const scores = perClass.find((one) => one.id === id);
        if (!scores) continue;
        row.support = scores.support;
        row.f1[role] = scores.f1;
        row.recall[role] = scores.recall;
        row.precision[role] = scores.precision;
      }
      const { student, baseline } = row.f1;
      if (student !== undefined && baseline !== undefined) row.gain = student - baseline;
      return row;
    });
  return rows;
}

const valueOf = (row: ClassRow, key: SortKey): number | string | null => {
  if (key === 'id' || key === 'name' || key === 'support' || key === 'gain') return row[key];
  return row.f1[key] ?? null;
};

/** Sorted, missing figures last whichever the direction; equal ones by class. */
export function sortRows(rows: readonly ClassRow[], { key, descending }: Sort): ClassRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [valueOf(a, key), valueOf(b, key)];
    if (x === null || y === null) return x === y ? a.id - b.id : x === null ? 1 : -1;
    const order = typeof x === 'string' ? x.localeCompare(String(y)) : x - Number(y);
    return order === 0 ? a.id - b.id : sign * order;
  });
}
