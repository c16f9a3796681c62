import { csvRow } from '../spreadsheet.ts';
import { sweepCosts, type SweepTable } from './sweep-table.ts';

/** A sweep's table as CSV: one line a setting, figures unrounded. */
export function sweepCsv({ axes, settings, score }: SweepTable): string {
  const names = axes.map(({ name }) => name);
  const head = [
    ...names,
    ...['mean', 'deviation', 'low', 'high'].map((figure) => `${score}_${figure}`),
    ...['completed', 'runs', ...sweepCosts],
  ];
  const rows = settings.map((row) => [
    ...names.map((name) => row.values[name] ?? ''),
    ...[row.score?.mean, row.score?.deviation, ...(row.score?.interval ?? [null, null])].map(
      (figure) => figure ?? null,
    ),
    row.completed,
    row.members,
    ...sweepCosts.map((cost) => row[cost]),
  ]);
  return [head, ...rows].map(csvRow).join('');
}
