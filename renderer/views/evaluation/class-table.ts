import type { RunEvaluation } from '../../../electron/contract/run-evaluation.ts';
import type { ClassScores } from '../../../electron/contract/result.ts';
import type { Role } from '../../../electron/contract/run.ts';

export const figures = ['precision', 'recall', 'f1'] as const;
export type Figure = (typeof figures)[number];
export const figureNames: Record<Figure, string> = { precision: 'Precision', recall: 'Recall', f1: 'F1' };

/** One class, all models. */
export interface ClassRow {
  id: number;
  name: string;
  seen: boolean;
  support: number;
  models: Partial<Record<Role, ClassScores>>;
  /** F1 of the student less the baseline's; null without a baseline. */
  gain: number | null;
}

export type SortKey = 'id' | 'name' | 'support' | 'gain' | `${Role} ${Figure}`;
export interface Sort {
  key: SortKey;
  descending: boolean;
}

export function classRows({ classes, models, mask }: RunEvaluation): ClassRow[] {
  const chosen = new Set(mask.classes);
  const entries = Object.entries(models) as [Role, NonNullable<RunEvaluation['models'][Role]>][];
  return classes
    .filter(({ id }) => chosen.has(id))
    .map(({ id, name, seen }): ClassRow => {
      const scores = entries.flatMap(([role, { perClass }]) => {
        const found = perClass.find((one) => one.id === id);
        return found ? [[role, found] as const] : [];
      });
      const own: ClassRow['models'] = Object.fromEntries(scores);
      const { student, baseline } = own;
      return {
        ...{ id, name, seen, support: scores[0]?.[1].support ?? 0, models: own },
        gain: student && baseline ? student.f1 - baseline.f1 : null,
      };
    });
}

const valueOf = (row: ClassRow, key: SortKey): number | string | null => {
  if (key === 'id' || key === 'name' || key === 'support' || key === 'gain') return row[key];
  const [role, figure] = key.split(' ') as [Role, Figure];
  return row.models[role]?.[figure] ?? null;
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
