import type { RunEvaluation } from '../../../electron/contract/run-evaluation.ts';
import type { Role } from '../../../electron/contract/run.ts';

export interface Cell {
  /** Place among the mask's classes, and predicted class. */
  row: number;
  predicted: number;
  count: number;
  /** Of the true class's images. */
  share: number;
}

/** The cells that hold images. */
export function confusionCells({ models, mask }: RunEvaluation, role: Role): Cell[] {
  const { confusion } = models[role]!;
  return mask.classes.flatMap((_, row) => {
    const counts = confusion[row] ?? [];
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.flatMap((count, predicted) =>
      count > 0 ? [{ row, predicted, count, share: count / total }] : [],
    );
  });
}

/**
 * The cell that a key leads to from another, by index; null for keys that lead nowhere. Cells come row by row; empty ones, which are
 * not among them, are passed over. From no cell (null) each of the keys leads to the first.
 */
export function cellByKey(cells: readonly Cell[], at: number | null, key: string): number | null {
  if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key)) return null;
  const from = at === null ? undefined : cells[at];
  if (at === null || from === undefined) return cells.length > 0 ? 0 : null;
  const inRow = (row: number) => [...cells.keys()].filter((i) => cells[i]!.row === row);
  const own = inRow(from.row);
  if (key === 'ArrowLeft') return Math.max(own[0]!, at - 1);
  if (key === 'ArrowRight') return Math.min(own.at(-1)!, at + 1);
  if (key === 'Home') return own[0]!;
  if (key === 'End') return own.at(-1)!;
  // The next row that has cells; there the one whose column is the closest.
  const neighbour = key === 'ArrowUp' ? cells[own[0]! - 1] : cells[own.at(-1)! + 1];
  if (!neighbour) return at;
  const distance = (i: number) => Math.abs(cells[i]!.predicted - from.predicted);
  return inRow(neighbour.row).reduce((best, i) => (distance(i) < distance(best) ? i : best));
}

/** Pairs of classes that are taken for each other, most images first. */
export function worstConfusions(evaluation: RunEvaluation, role: Role, most = 10) {
  const { classes, mask } = evaluation;
  const nameOf = new Map(classes.map(({ id, name }) => [id, name]));
  return confusionCells(evaluation, role)
    .map(({ row, predicted, count, share }) => ({ label: mask.classes[row]!, predicted, count, share }))
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.count - a.count || a.label - b.label)
    .slice(0, most)
    .map((pair) => ({
      ...pair,
      labelName: nameOf.get(pair.label) ?? '',
      predictedName: nameOf.get(pair.predicted) ?? '',
    }));
}
