import { isLoss } from '../../../electron/contract/sweep/sweep.ts';
import {
  type SettingRow,
  type SweepCost,
  sweepCosts,
  type SweepTable,
} from '../../../electron/contract/sweep/sweep-table.ts';
import { costNames, scoreNames } from '../../../electron/contract/sweep/sweep-words.ts';

/** By a figure, by an axis (its name after the colon), or as they are run. */
export type SortKey =
  'setting' | 'score' | 'deviation' | 'interval' | 'completed' | SweepCost | `axis:${string}`;

export interface Sorting {
  key: SortKey;
  descending: boolean;
}

export interface SettingColumn {
  key: SortKey;
  label: string;
  figure: boolean;
}

/** Costs where there is little room. */
const shortNames: Record<SweepCost, string> = { ...costNames, bytes: 'Size' };

/** The columns of the table of settings, in their order. */
export const settingColumns = ({ axes, score }: Pick<SweepTable, 'axes' | 'score'>): SettingColumn[] => [
  { key: 'setting', label: 'No.', figure: true },
  ...axes.map(({ name }): SettingColumn => ({ key: `axis:${name}`, label: name, figure: false })),
  { key: 'score', label: scoreNames[score], figure: true },
  { key: 'deviation', label: 'Deviation', figure: true },
  { key: 'interval', label: '95 % interval', figure: true },
  { key: 'completed', label: 'Runs', figure: true },
  ...sweepCosts.map((cost): SettingColumn => ({ key: cost, label: shortNames[cost], figure: true })),
];

const byText = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function valueOf(row: SettingRow, key: SortKey): string | number | null {
  if (key === 'score') return row.score?.mean ?? null;
  if (key === 'deviation') return row.score?.deviation ?? null;
  if (key === 'interval') return row.score?.interval?.[0] ?? null;
  if (key.startsWith('axis:')) return row.values[key.slice('axis:'.length)] ?? null;
  return row[key as 'setting' | 'completed' | SweepCost];
}

function compare(x: string | number, y: string | number): number {
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  // What an axis tries are texts, of numbers as well.
  const [a, b] = [Number(x), Number(y)];
  return Number.isNaN(a) || Number.isNaN(b) ? byText.compare(String(x), String(y)) : a - b;
}

/** What has no figure comes last either way; equals in the order in which they are run. */
export function sortSettings(rows: readonly SettingRow[], { key, descending }: Sorting): SettingRow[] {
  const sign = descending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, value: valueOf(row, key) }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null)
      return a.value === b.value ? a.row.setting - b.row.setting : a.value === null ? 1 : -1;
    return sign * compare(a.value, b.value) || a.row.setting - b.row.setting;
  });
  return keyed.map(({ row }) => row);
}

/** The best first. */
export const bestFirst = ({ score }: Pick<SweepTable, 'score'>): Sorting => ({
  key: 'score',
  descending: !isLoss(score),
});

/** A click on a column's head. */
export function nextSorting(sorting: Sorting, key: SortKey, table: Pick<SweepTable, 'score'>): Sorting {
  if (sorting.key === key) return { key, descending: !sorting.descending };
  return key === 'score' ? bestFirst(table) : { key, descending: key === 'completed' };
}
