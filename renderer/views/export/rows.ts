import type { ExportRow } from '../../../electron/contract/result.ts';
import type { Role } from '../../../electron/contract/run.ts';

/** The student is what people came for. */
export const rolesInOrder = ['student', 'teacher', 'baseline'] as const satisfies readonly Role[];

/** Rows of both, newer ones in the place of older ones of the same format and network; the student's first. */
export function withNewRows(older: readonly ExportRow[], newer: readonly ExportRow[]): ExportRow[] {
  const isRenewed = ({ format, role }: ExportRow) =>
    newer.some((row) => row.format === format && row.role === role);
  return [...older.filter((row) => !isRenewed(row)), ...newer].toSorted(
    (a, b) => rolesInOrder.indexOf(a.role) - rolesInOrder.indexOf(b.role),
  );
}
